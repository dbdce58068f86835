{#- A schema is called what the project file calls it, without the target's
    prefix: analysts query marts.regional_accounts. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
