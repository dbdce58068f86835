{#- Statements that mark the comment of every mart of a synthetic or compiled dataset,
    because that is what a BI tool shows beside the table; nothing for any other. -#}
{% macro mark_estimates() -%}
    {%- set marts = run_query(
        "select table_name, comment from duckdb_tables()"
        ~ " where schema_name = 'marts'"
        ~ " and database_name = current_database()"
        ~ " and comment is not null and comment not like '[%'"
        ~ " and exists (select 1 from duckdb_tables() as tables"
        ~ "     where tables.schema_name = 'marts'"
        ~ "     and tables.table_name = 'dataset')"
    ) -%}
    {%- if marts.rows | length > 0 -%}
        {%- set caveat = run_query("select max(caveat) from marts.dataset").rows[0][0] -%}
        {%- for mart in marts.rows if caveat -%}
            comment on table marts."{{ mart[0] }}" is
            {{ quoted_text("[" ~ caveat ~ "] " ~ mart[1]) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
