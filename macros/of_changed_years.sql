{#- Where a table keeps the years that have not changed, only the others are read. -#}
{% macro of_changed_years(is_kept) -%}
    {#- asked for in any case, for dbt learns here what the model depends on -#}
    {%- set changed = ref("int_changed_years") -%}
    {%- if is_kept -%}
        where year in (select changed.year from {{ changed }} as changed)
    {%- endif -%}
{%- endmacro %}
