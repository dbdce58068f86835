{#- A contract's types are compared as they are written, and so written as DuckDB writes
    them: dbt asks the database for that, one statement more for every mart. The name
    makes dbt take this macro. -#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set promised = [] -%}
    {%- for column in model.columns.values() -%}
        {%- do promised.append(
            api.Column.create(column.name, column.data_type | upper)
        ) -%}
    {%- endfor -%}
    {%- set promised = format_columns(promised) -%}
    {%- set found = format_columns(
        get_column_schema_from_query(sql, config.get("sql_header"))
    ) -%}
    {%- if promised | map(attribute="formatted") | sort
        != found | map(attribute="formatted") | sort -%}
        {%- do exceptions.raise_contract_error(promised, found) -%}
    {%- endif -%}
{%- endmacro %}
