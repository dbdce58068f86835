{#- Whether figures about receivers rest on what they suppose, or the first thing
    that fails, what misleads most first; docs/methods.md, Living standards. Within
    1e-12 of the asked share of people, it is reached. Without a curve, no income is
    within it. -#}
{% macro premise(
    country,
    is_incomplete,
    population_share,
    asked_share,
    is_extrapolated,
    is_user_scenario='false',
    is_one_structure='false'
) -%}
    case
        when {{ country }} = 'WLD' then 'across_countries'
        when {{ is_incomplete }} then 'footprints_incomplete'
        when {{ is_one_structure }} then 'one_structure'
        when
            {{ population_share }}
            < {{ asked_share }} * (1 - cast(1e-12 as double))
            then 'receivers_short'
        when coalesce({{ is_extrapolated }}, true) then 'income_extrapolated'
        when {{ is_user_scenario }} then 'user_scenario'
        else 'holds'
    end
{%- endmacro %}
