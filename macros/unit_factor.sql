{#- What one unit of a stressor is in the unit that the marts use: tonnes for
    any mass, the unit itself for money and persons. -#}
{% macro unit_factor(unit) -%}
    case {{ unit }}
        when 'kg' then cast(0.001 as double)
        when 't' then cast(1 as double)
        when 'kt' then cast(1000 as double)
        when 'Mt' then cast(1000000 as double)
        when 'Gt' then cast(1000000000 as double)
        when 'currency' then cast(1 as double)
        when 'person' then cast(1 as double)
    end
{%- endmacro %}
