{#- Whether a row of a seed is the one in use: the one that the var names, else
    the one that the seed marks as default. -#}
{% macro is_in_use(id, is_default, variable) -%}
    {%- set choice = chosen_var(variable) -%}
    {%- if choice is none -%}
        {{ is_default }}
    {%- else -%}
        {{ id }} = '{{ choice | string | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
