{#- CO2 in tonnes, of million tonnes of carbon: a tonne of it is in 3.664 t of CO2. -#}
{% macro tonnes_of_carbon(carbon) -%}
    {{ carbon }} * 3.664e6
{%- endmacro %}
