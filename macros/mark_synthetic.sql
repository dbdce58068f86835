{#- Statements that mark the comment of every mart of a synthetic or compiled dataset,
    because that is what a BI tool shows beside the table; nothing for any other. -#}
{% macro mark_synthetic() -%}
    {%- set mark = "[synthetic data] " -%}
    {%- set marts = run_query(
        "select table_name, comment from duckdb_tables()"
        ~ " where schema_name = 'marts'"
        ~ " and database_name = current_database()"
        ~ " and comment is not null and not starts_with(comment, '" ~ mark ~ "')"
        ~ " and exists (select 1 from duckdb_tables() as tables"
        ~ "     where tables.schema_name = 'marts'"
        ~ "     and tables.table_name = 'dataset')"
    ) -%}
    {%- if marts.rows | length > 0 and run_query(
        "select count(*) from marts.dataset where is_synthetic"
    ).rows[0][0] -%}
        {%- for mart in marts.rows -%}
            comment on table marts."{{ mart[0] }}" is
            '{{ mark ~ (mart[1] | replace("'", "''")) }}';
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
