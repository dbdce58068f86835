{#- Statements that write how the warehouse was built into the warehouse itself, where
    it cannot part from it. A selective build goes on with what was there before, so it
    is tested only if that was. -#}
{% macro record_build(results) -%}
    {%- set build = fromjson(
        run_query("select carbonshed_build()").rows[0][0]
    ) -%}
    {%- set is_tested = build.has_tests -%}
    {%- set code_digest = build.code_digest -%}
    {%- if build.kind == "selective" -%}
        {%- set records = run_query(
            "select count(*) from duckdb_tables() where schema_name = 'main'"
            ~ " and database_name = current_database()"
            ~ " and table_name = 'last_build'"
        ).rows[0][0] -%}
        {%- set tests = results
            | selectattr("node.resource_type", "equalto", "test") | list -%}
        {%- set is_tested = is_tested and tests and records
            and run_query("select is_tested from main.last_build").rows[0][0] -%}
        {#- a warehouse of an earlier version does not say what made it -#}
        {%- set says_so = run_query(
            "select count(*) from duckdb_columns() where schema_name = 'main'"
            ~ " and database_name = current_database()"
            ~ " and table_name = 'last_build' and column_name = 'code_digest'"
        ).rows[0][0] -%}
        {%- set made_by_it = says_so and run_query(
            "select count(*) from main.last_build where code_digest = '"
            ~ code_digest ~ "'"
        ).rows[0][0] -%}
        {%- if not made_by_it -%}{%- set code_digest = "several" -%}{%- endif -%}
    {%- endif -%}
    create or replace table main.last_build as
    select
        '{{ invocation_id }}' as build_id,
        '{{ build.kind }}' as build_kind,
        timestamp '{{ modules.datetime.datetime.utcnow() }}' as built_at,
        {{ "true" if is_tested else "false" }} as is_tested,
        '{{ build.carbonshed_version }}' as carbonshed_version,
        '{{ code_digest }}' as code_digest,
        '{{ dbt_version }}' as dbt_version;
    comment on table main.last_build is
        'One row: the build that this warehouse comes from.';
    {#- to whoever looks at a long table by its SQL, every year is one to be made -#}
    delete from main.solves_before;
    comment on table main.solves_before is
        'Empty but during a build: the years whose rows it keeps.';
{%- endmacro %}
