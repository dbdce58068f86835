{#- Whether the marts come from an earlier ingest than the dataset that is there
    now: a run of some models only would mix the two. -#}
{% macro is_of_two_datasets() -%}
    {%- set relations = run_query(
        "select count(*) from (select schema_name, table_name as relation_name"
        ~ " from duckdb_tables() where database_name = current_database()"
        ~ " union all select schema_name, view_name from duckdb_views()"
        ~ " where database_name = current_database())"
        ~ " where (schema_name, relation_name)"
        ~ " in (('marts', 'dataset'), ('staging', 'stg_dataset'))"
    ).rows[0][0] -%}
    {%- if relations < 2 -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(run_query(
        "select count(*) from marts.dataset as built"
        ~ " cross join staging.stg_dataset as ingested"
        ~ " where built.dataset_id <> ingested.dataset_id"
    ).rows[0][0] > 0) }}
{%- endmacro %}
