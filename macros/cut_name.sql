{#- A name of at most 30 letters and five words. A longer one keeps the words that fit,
    or the beginning of its first, and ends in an ellipsis. -#}
{% macro cut_name(name) -%}
    {%- set words -%}
        regexp_split_to_array(trim({{ name }}), '\s+')
    {%- endset -%}
    case
        when length({{ name }}) <= 30 and len({{ words }}) <= 5 then {{ name }}
        else rtrim(
            coalesce(
                list_filter(
                    list_transform(
                        [5, 4, 3, 2, 1],
                        number -> array_to_string({{ words }}[1:number], ' ')
                    ),
                    kept -> length(kept) <= 29
                )[1],
                left(trim({{ name }}), 29)
            ),
            ' ,;:(–-'
        ) || '…'
    end
{%- endmacro %}
