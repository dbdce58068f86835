{#- Amount share of the poorest tenths of the people: the Lorenz curve there,
    linear between its points and from (0, 0). Every region counts with the part
    of its people that stands below: all, none, or, for the one region that
    straddles, some. Tenths are whole numbers because 0.9 has no exact double.
    An aggregate. -#}
{% macro share_of_bottom(
    tenths, population_share, cumulative_population_share, amount_share
) -%}
    sum(
        {{ amount_share }} * greatest(
            0,
            least(
                1,
                1 - (10 * {{ cumulative_population_share }} - {{ tenths }})
                / nullif(10 * {{ population_share }}, 0)
            )
        )
    )
{%- endmacro %}
