{#- Amount share of the poorest or the richest tenths of the people: the Lorenz
    curve there, linear between its points and from (0, 0). Summed from either end, so
    that a small share keeps its digits. An aggregate. -#}
{% macro share_of_tenths(
    tenths, end, population_share, cumulative_population_share, amount_share
) -%}
    sum(
        {{ amount_share }} * {{ part_in_tenths(
            tenths, end, population_share, cumulative_population_share
        ) }}
    )
{%- endmacro %}
