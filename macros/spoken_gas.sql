{#- What people call an emission: that of a well-known id by its short name. -#}
{% macro spoken_gas(stressor_id, stressor_name) -%}
    case {{ stressor_id }}
        when 'co2' then 'CO2'
        when 'ch4' then 'methane'
        when 'n2o' then 'nitrous oxide'
        else {{ stressor_name }}
    end
{%- endmacro %}
