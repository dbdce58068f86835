{#- Amount share of the poorest or the richest tenths of the people: the Lorenz
    curve there, linear between its points and from (0, 0). Every region counts
    with the part of its people in these tenths: all, none, or, for the one region
    that straddles, some. Summed from either end, so that a small share keeps its
    digits. Tenths are whole numbers because 0.9 has no exact double. An aggregate. -#}
{% macro share_of_tenths(
    tenths, end, population_share, cumulative_population_share, amount_share
) -%}
    sum(
        {{ amount_share }} * greatest(
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
    )
{%- endmacro %}
