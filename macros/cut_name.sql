{#- A name of at most so many letters and words. A longer one keeps the words that fit,
    or the beginning of its first, and ends in an ellipsis. -#}
{% macro cut_name(name, letters, words) -%}
    {%- set all_words -%}
        regexp_split_to_array(trim({{ name }}), '\s+')
    {%- endset -%}
    case
        when
            length({{ name }}) <= {{ letters }}
            and len({{ all_words }}) <= {{ words }}
            then {{ name }}
        else rtrim(
            coalesce(
                list_filter(
                    list_transform(
                        list_reverse(range(1, {{ words }} + 1)),
                        number -> array_to_string({{ all_words }}[1:number], ' ')
                    ),
                    kept -> length(kept) < {{ letters }}
                )[1],
                left(trim({{ name }}), {{ letters }} - 1)
            ),
            ' ,;:(–-'
        ) || '…'
    end
{%- endmacro %}
