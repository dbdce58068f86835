{#- Return whether a var is true. A package's dbt_project.yml sees no var of the command line, so
    what a var leaves out says so in its own file: config(enabled=is_chosen(NAME)). -#}
{% macro is_chosen(name) -%}
    {{ return(chosen_var(name) | string == "True") }}
{%- endmacro %}
