{#- Decile of people in which the middle person of a region stands:
    min(10, floor(10 (2 cum - pop) / (2 total)) + 1).

    Exact for whole persons, also through a division of doubles: the quotient
    10 m / (2 total) is a whole number or differs from one by at least
    1 / (2 total); a double near 10 rounds by 1e-15, so that up to 1e14 people
    floor cannot land on the wrong side. -#}
{% macro population_decile(population, cumulative_population, total) -%}
    cast(
        least(
            10,
            floor(
                cast(
                    10 * (2 * {{ cumulative_population }} - {{ population }})
                    as double
                ) / nullif(2 * {{ total }}, 0)
            ) + 1
        ) as integer
    )
{%- endmacro %}
