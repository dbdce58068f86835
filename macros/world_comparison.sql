{#- Where a footprint stands beside the world's: above, at or below, or not known. What
    is left out may lift a footprint above, never push it below. NULL without either. -#}
{% macro world_comparison(per_person, world, is_lower_bound) -%}
    case
        when {{ per_person }} is null or {{ world }} is null then null
        when {{ per_person }} > {{ world }} then 'above'
        when {{ is_lower_bound }} then 'not known'
        else 'at or below'
    end
{%- endmacro %}
