{#- Statements that drop the tables and views of models and seeds that are in the project
    no more, and what killed runs have left: dbt would keep them, and marts be
    published for ever. -#}
{% macro drop_stale_relations() -%}
    {%- set wanted = {} -%}
    {%- for node in warehouse_nodes() if node.resource_type != "test" -%}
        {%- do wanted.update({node.schema ~ "." ~ node.alias: node.schema}) -%}
    {%- endfor -%}
    {%- set relations = run_query(
        "select 'table', schema_name, table_name from duckdb_tables()"
        ~ " where database_name = current_database()"
        ~ " union all select 'view', schema_name, view_name from duckdb_views()"
        ~ " where database_name = current_database() and not internal"
    ) -%}
    {%- for kind, schema, name in relations.rows
        if schema in wanted.values() and schema ~ "." ~ name not in wanted -%}
        drop {{ kind }} {{ adapter.quote(schema) }}.{{ adapter.quote(name) }};
    {% endfor -%}
{%- endmacro %}
