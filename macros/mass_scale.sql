{#- The unit in which number_in_words writes a mass, in tonnes. -#}
{% macro mass_scale(number) -%}
    case
        when {{ number }} >= 999500000 then 1e9
        when {{ number }} >= 999500 then 1e6
        when {{ number }} >= 999.5 then 1e3
        when {{ number }} >= 0.9995 then 1e0
        else 1e-3
    end
{%- endmacro %}
