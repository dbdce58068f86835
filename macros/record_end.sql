{#- Statements that note how a run ended: what has passed, and what failed with dbt's
    message. -#}
{% macro record_end(results) -%}
    {%- set ingested = source("ingested", "dataset") -%}
    {#- without results it was refused before it began, and nothing has changed -#}
    {%- if not execute or not results -%}
        {{ return("") }}
    {%- endif -%}
    {%- set ended_at = modules.datetime.datetime.utcnow() -%}
    {%- set passed = [] -%}
    {%- set failed = [] -%}
    {%- set compiled = [] -%}
    {%- set summary = [] -%}
    {%- for result in results -%}
        {%- do summary.append({
            "kind": result.node.resource_type | string,
            "name": result.node.name,
            "status": result.status | string,
            "path": result.node.compiled_path | default("", true),
        }) -%}
        {%- if result.status in ["success", "pass", "warn"] -%}
            {%- do passed.append(result.node.unique_id) -%}
            {#- what a scenario is evaluated by without dbt -#}
            {%- if result.node.resource_type == "model"
                and "policy" in result.node.tags -%}
                {%- do compiled.append({
                    "node": result.node.unique_id,
                    "code": result.node.compiled_code,
                }) -%}
            {%- endif -%}
        {%- elif result.status not in ["skipped", "no-op"] -%}
            {%- do failed.append(result) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do say(fromjson(run_query(
        "select carbonshed_ended("
        ~ quoted_text(target.database) ~ ", "
        ~ quoted_text(tojson(summary)) ~ ", "
        ~ quoted_text(flags.LOG_PATH ~ "/dbt.log") ~ ")"
    ).columns[0].values()[0])) -%}
    {#- a sample of the rows proves nothing of the others -#}
    {%- if passed and not (flags.EMPTY or flags.SAMPLE) -%}
        update main.nodes
        set has_passed = true
        where
            node in {{ passed }}
            -- nor does a run prove anything in which the dataset was ingested anew
            and (select dataset_id from main.last_run)
            = (select dataset_id from {{ ingested }});
        {%- if compiled %}
        update main.nodes
        set code = compiled.code
        from (
            select
                unnest(
                    from_json(
                        {{ quoted_text(tojson(compiled)) }},
                        '[{"node": "VARCHAR", "code": "VARCHAR"}]'
                    ),
                    recursive := true
                )
        ) as compiled
        where nodes.node = compiled.node;
        {%- endif -%}
    {%- endif -%}
    {%- for result in failed -%}
        insert into main.failures values (
            timestamp '{{ ended_at }}',
            {{ quoted_text(result.node.name) }},
            '{{ result.node.resource_type }}',
            {{ quoted_text(result.message or "") }}
        );
    {%- endfor -%}
    {% if flags.WHICH != "test" -%}
    update main.last_run
    set ended_at = timestamp '{{ ended_at }}';
    {% endif -%}
    {{ mark_estimates() }}
{%- endmacro %}
