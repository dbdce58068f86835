{#- What objects of dbt hold, as lists side by side. Whole objects may hold what JSON does
    not know, such as a date in somebody's config. -#}
{% macro fields_of(objects, fields) -%}
    {%- set lists = {} -%}
    {%- for name, field in fields.items() -%}
        {%- do lists.update({name: objects | map(attribute=field, default="") | list}) -%}
    {%- endfor -%}
    {{ return(lists) }}
{%- endmacro %}
