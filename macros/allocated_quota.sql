{#- What a receiver gets of a quota under a rule; docs/methods.md, Living
    standards. A quota that is not positive, or a gap of nobody, leaves nothing
    to steer by: then equally per person. -#}
{% macro allocated_quota(
    rule, quota, population, total_population, gap, total_gap,
    footprint_per_capita, water_level
) -%}
    case
        when
            {{ quota }} > 0
            and {{ rule }} = 'gap_proportional'
            and {{ total_gap }} > 0
            then
                {{ gap }}
                * least(1, {{ safe_divide(quota, total_gap) }})
                + greatest(0, {{ quota }} - {{ total_gap }})
                * {{ safe_divide(population, total_population) }}
        when {{ quota }} > 0 and {{ rule }} = 'water_filling'
            then
                {{ population }}
                * greatest(0, {{ water_level }} - {{ footprint_per_capita }})
        else
            {{ quota }}
            * {{ safe_divide(population, total_population) }}
    end
{%- endmacro %}
