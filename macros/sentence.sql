{#- A text of the seed `texts`, filled from the columns of a row. {column} is a value as
    it is, {column:t} and {column:share} are numbers as number_in_words writes them. What
    stands in [brackets] is left out where a column in it is NULL; a column whose name
    begins with `is_` or `has_` writes nothing, and counts as NULL where it is not true.
    The text is cut before it is filled, so no value is ever read as a column. NULL
    without a text, or where a column outside brackets is NULL. -#}
{% macro sentence(text_id, row, texts=none) -%}
    {%- set value = "to_json(" ~ row ~ ") ->> split_part(part, ':', 1)" -%}
    list_reduce(
        list_transform(
            regexp_split_to_array(
                (
                    select texts.sentence
                    from {{ texts or ref('texts') }} as texts
                    where texts.text_id = {{ text_id }}
                ),
                '[\[\]]'
            ),
            (passage, number) -> coalesce(
                list_reduce(
                    list_transform(
                        regexp_split_to_array(passage, '[{}]'),
                        (part, position) -> case
                            when position % 2 = 1 then part
                            when regexp_matches(part, '^(is|has)_')
                                then case when {{ value }} = 'true' then '' end
                            {% for unit in [
                                't', 'tonnes', 'share', 'percent', 'below', 'factor', 'limit'
                            ] %}
                                when suffix(part, ':{{ unit }}')
                                    then list_transform(
                                        [cast({{ value }} as double)],
                                        amount -> {{ number_in_words('amount', unit) }}
                                    )[1]
                            {% endfor %}
                            else {{ value }}
                        end
                    ),
                    (head, tail) -> head || tail
                ),
                case when number % 2 = 0 then '' end
            )
        ),
        (head, tail) -> head || tail
    )
{%- endmacro %}
