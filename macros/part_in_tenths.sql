{#- The part of a region's people who are among the poorest or the richest tenths of
    all: all, none, or, of the one region that straddles, some. Tenths are whole numbers
    because 0.9 has no exact double. -#}
{% macro part_in_tenths(
    tenths, end, population_share, cumulative_population_share
) -%}
    greatest(
        0,
        least(
            1,
            {% if end == 'poorest' -%}
            1 - (10 * {{ cumulative_population_share }} - {{ tenths }})
            {%- else -%}
            (10 * {{ cumulative_population_share }} - {{ 10 - tenths }})
            {%- endif %}
            / nullif(10 * {{ population_share }}, 0)
        )
    )
{%- endmacro %}
