{#- What footprints with imports leave out all the same, as the end of a sentence;
    empty where it is nothing. -#}
{% macro left_out_in_words(has_direct_emissions, has_final_imports) -%}
    case
        when {{ has_direct_emissions }} and {{ has_final_imports }} then ''
        when {{ has_direct_emissions }}
            then ' but still leave out what final users import'
        when {{ has_final_imports }}
            then ' but still leave out direct emissions of households'
        else
            ' but still leave out direct emissions of households and what final '
            || 'users import'
    end
{%- endmacro %}
