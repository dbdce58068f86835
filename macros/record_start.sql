{#- Statements that note in the warehouse what a run is about to change. A node of
    main.nodes has passed if it has run, or its test has held, since it and what it is
    made from were changed; a run that is killed leaves its nodes as not passed. Nothing
    is published before all have. -#}
{% macro record_start() -%}
    {%- set ingested = source("ingested", "dataset") -%}
    {%- if not execute -%}
        {{ return("") }}
    {%- endif -%}
    {%- set touched = descendants(selected_resources) -%}
    {%- set of_scenarios = descendants(["model.carbonshed.stg_user_scenarios"]) -%}
    {%- set of_errors = descendants(["model.carbonshed.int_error_rules"]) -%}
    {%- set nodes = [] -%}
    {%- for node in warehouse_nodes() -%}
        {%- do nodes.append({
            "node": node.unique_id,
            "checksum": node.checksum.checksum,
            "is_touched": node.unique_id in touched,
            "is_policy": "policy" in node.tags,
            "is_of_scenarios": node.unique_id in of_scenarios,
            "is_of_errors": node.unique_id in of_errors,
            "relation": none if node.resource_type == "test"
                else node.schema ~ "." ~ node.alias,
            "parents": node.depends_on.nodes | default([]) | join(" "),
        }) -%}
    {%- endfor -%}
    {%- set keys = [] -%}
    {%- for node in graph.nodes.values()
        if node.config.enabled
        and (node.test_metadata | default({}, true)).name == "one_row_per_combination"
        and node.attached_node.startswith("model.") -%}
        {%- do keys.append({
            "table": graph.nodes[node.attached_node].alias,
            "columns": node.test_metadata.kwargs.combination,
        }) -%}
    {%- endfor -%}
    {%- set left_out = nodes | rejectattr("node", "in", selected_resources) | list -%}
    {%- set choices = quoted_text(
        run_query("select carbonshed_choices()").columns[0].values()[0]
    ) -%}
    {%- set not_policy = "'" ~ tojson({"scenarios": none, "error_rule": none}) ~ "'" -%}
    {%- set layout = run_query("select carbonshed_layout()").columns[0].values()[0] -%}
    create table if not exists main.nodes (
        node varchar, checksum varchar, has_passed boolean
    );
    -- the file may be of an earlier version: what is read below is made if it is not there
    alter table main.nodes add column if not exists code varchar;
    create table if not exists main.last_run (
        run_id varchar,
        dataset_id varchar,
        command varchar,
        started_at timestamp,
        ended_at timestamp,
        is_full boolean,
        choices varchar,
        carbonshed_version varchar,
        dbt_version varchar,
        layout integer
    );
    alter table main.last_run add column if not exists choices varchar;
    alter table main.last_run add column if not exists layout integer;
    create or replace table main.nodes as
    with project as (
        select
            unnest(
                from_json(
                    {{ quoted_text(tojson(nodes)) }},
                    '[{
                        "node": "VARCHAR",
                        "checksum": "VARCHAR",
                        "is_touched": "BOOLEAN",
                        "is_policy": "BOOLEAN",
                        "is_of_scenarios": "BOOLEAN",
                        "is_of_errors": "BOOLEAN",
                        "relation": "VARCHAR",
                        "parents": "VARCHAR"
                    }]'
                ),
                recursive := true
            )
    )
    select
        project.node,
        project.checksum,
        coalesce(nodes.has_passed, false)
        and not project.is_touched
        -- what an earlier version has made is made anew
        and (select layout from main.last_run) = {{ layout }}
        {%- if flags.WHICH != "test" %}
        -- after another ingest or other choices, what they reach has not passed:
        -- of scenarios and errors what is made from them, of all others the policy
        and (select dataset_id from main.last_run)
        is not distinct from (select dataset_id from {{ ingested }})
        and not (
            project.is_of_scenarios
            and json_extract_string(
                (select choices from main.last_run), '$.scenarios'
            ) is distinct from json_extract_string({{ choices }}, '$.scenarios')
        )
        and not (
            project.is_of_errors
            -- an earlier version knew the default only
            and coalesce(json_extract_string(
                (select choices from main.last_run), '$.error_rule'
            ), '') is distinct from json_extract_string({{ choices }}, '$.error_rule')
        )
        and not (
            project.is_policy
            and json_merge_patch(
                (select choices from main.last_run), {{ not_policy }}
            ) is distinct from json_merge_patch({{ choices }}, {{ not_policy }})
        )
        {%- endif %} as has_passed,
        project.relation,
        project.parents,
        nodes.code
    from project
    left join main.nodes using (node, checksum);
    create or replace table main.keys as
    select
        unnest(
            from_json(
                {{ quoted_text(tojson(keys)) }},
                '[{"table": "VARCHAR", "columns": ["VARCHAR"]}]'
            ),
            recursive := true
        );
    comment on table main.keys is
        'One row per mart: the columns that tell its rows apart, as its test says.';
    comment on table main.nodes is
        'One row per model, seed or test: whether it has passed since it was changed.';
    create or replace table main.failures (
        failed_at timestamp, node varchar, kind varchar, message varchar
    );
    comment on table main.failures is
        'One row per model, seed, test or hook that failed in the last run.';
    {%- if flags.WHICH != "test" %}
    create or replace table main.last_run as
    select
        '{{ invocation_id }}' as run_id,
        dataset_id,
        '{{ flags.WHICH }}' as command,
        timestamp '{{ modules.datetime.datetime.utcnow() }}' as started_at,
        cast(null as timestamp) as ended_at,
        {{ left_out | length == 0 }} as is_full,
        {{ choices }} as choices,
        carbonshed_version,
        '{{ dbt_version }}' as dbt_version,
        {{ layout }} as layout
    from {{ ingested }};
    comment on table main.last_run is
        'One row: the run that changed this warehouse last.';
    {{ drop_stale_relations() }}
    {%- endif %}
{%- endmacro %}
