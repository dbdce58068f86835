{#- Statements that note in the warehouse what a run is about to change. What they name as
    outstanding has not passed since it, or something that it is made from, was last
    touched; a run that is killed leaves its nodes there. Nothing is published before
    they have passed. -#}
{% macro record_start() -%}
    {%- set ingested = source("ingested", "dataset") -%}
    {%- if not execute -%}
        {{ return("") }}
    {%- endif -%}
    {%- set counted = counted_nodes() -%}
    {%- set of_policy = [] -%}
    {%- for node in graph.nodes.values() if "policy" in node.tags -%}
        {%- do of_policy.append(node.unique_id) -%}
    {%- endfor -%}
    {%- set choices = [] -%}
    {%- for name in [
        "super_emitter_rule",
        "peak_projection",
        "income_year",
        "receivers_share",
        "scenarios",
    ] -%}
        {%- do choices.append(var(name, "") | string) -%}
    {%- endfor -%}
    create table if not exists main.outstanding_nodes as
    select unnest({{ counted }}) as node;
    create table if not exists main.last_run as
    select
        cast(null as varchar) as run_id,
        cast(null as varchar) as dataset_id,
        cast(null as varchar) as command,
        cast(null as timestamp) as started_at,
        cast(null as timestamp) as ended_at,
        cast(null as varchar) as outcome,
        false as is_full,
        cast(null as varchar) as carbonshed_version,
        cast(null as varchar) as dbt_version;
    alter table main.last_run add column if not exists choices varchar;
    create table if not exists main.failures (
        failed_at timestamp, node varchar, kind varchar, message varchar
    );
    insert into main.outstanding_nodes
    select unnest({{ affected_nodes() }}) as node;
    {% if flags.WHICH != "test" -%}
    {#- after another ingest, nothing of what is there has passed -#}
    insert into main.outstanding_nodes
    select node
    from (select unnest({{ counted }}) as node)
    where (select dataset_id from main.last_run) is distinct from
        (select dataset_id from {{ ingested }})
    union
    {# after other choices, nothing of the policy has -#}
    select node
    from (select unnest({{ of_policy }}) as node)
    where (select choices from main.last_run) is distinct from
        {{ dbt.string_literal(dbt.escape_single_quotes(tojson(choices))) }};
    {% endif -%}
    create or replace table main.outstanding_nodes as
    select distinct node
    from main.outstanding_nodes
    where node in {{ counted }}
    order by node;
    comment on table main.outstanding_nodes is
        'One row per model, seed or test that has not passed since it was changed.';
    {% if flags.WHICH != "test" -%}
    create or replace table main.last_run as
    select
        '{{ invocation_id }}' as run_id,
        dataset_id,
        '{{ flags.WHICH }}' as command,
        timestamp '{{ modules.datetime.datetime.utcnow() }}' as started_at,
        cast(null as timestamp) as ended_at,
        cast(null as varchar) as outcome,
        {{ counted | reject("in", selected_resources) | list | length == 0 }}
            as is_full,
        carbonshed_version,
        '{{ dbt_version }}' as dbt_version,
        {{ dbt.string_literal(dbt.escape_single_quotes(tojson(choices))) }} as choices
    from {{ ingested }};
    comment on table main.last_run is
        'One row: the run that changed this warehouse last.';
    {% endif -%}
    delete from main.failures;
    comment on table main.failures is
        'One row per model, seed, test or hook that failed in the last run.';
{%- endmacro %}
