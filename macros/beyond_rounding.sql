{#- A difference that scenarios make, or what is after: below 1e-12 of all emissions
    of the year and stressor it is rounding, and exactly what was before. -#}
{% macro beyond_rounding(after, total, before='0') -%}
    case
        when abs({{ after }} - {{ before }}) < cast(1e-12 as double) * {{ total }}
            then {{ before }}
        else {{ after }}
    end
{%- endmacro %}
