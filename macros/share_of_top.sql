{#- Amount share of the richest tenths of the people: what share_of_bottom of
    the other tenths leaves over, summed by itself so that a small share keeps
    its digits. An aggregate. -#}
{% macro share_of_top(
    tenths, population_share, cumulative_population_share, amount_share
) -%}
    sum(
        {{ amount_share }} * greatest(
            0,
            least(
                1,
                (10 * {{ cumulative_population_share }} - {{ 10 - tenths }})
                / nullif(10 * {{ population_share }}, 0)
            )
        )
    )
{%- endmacro %}
