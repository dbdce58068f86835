{#- ENUMs are texts to dbt, or a unit test could give no others to a column that is one.
    The name makes dbt take this macro. -#}
{% macro duckdb__get_columns_in_relation(relation) -%}
    {%- set columns = [] -%}
    {%- for column in dbt.duckdb__get_columns_in_relation(relation) -%}
        {%- do columns.append(
            api.Column.create(column.name, "VARCHAR")
            if column.dtype.startswith("ENUM") else column
        ) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
