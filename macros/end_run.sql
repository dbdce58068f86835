{#- After a run: note in the work file what has passed and what failed, say so, and
    publish the marts if it was a build, nothing failed and nothing is outstanding.
    Python does it all; dbt alone knows the results. -#}
{% macro end_run(results) -%}
    {#- without results it was refused before it began, and nothing has changed -#}
    {%- if not execute or not results -%}
        {{ return("") }}
    {%- endif -%}
    {%- set outcomes = [] -%}
    {%- for result in results -%}
        {%- set node = result.node -%}
        {#- scenarios and prices are evaluated by the same SQL, without dbt -#}
        {%- set is_kept = node.resource_type == "model"
            and ("policy" in node.tags or "prices" in node.fqn) -%}
        {%- set message = (result.message or "") | string -%}
        {%- set test = node.test_metadata | default({}, true) -%}
        {%- if test.name == "one_row_per_combination"
            and result.status | string == "fail" -%}
            {%- set rows = run_query(node.compiled_code).columns["problem"] -%}
            {%- set message = message ~ ": " ~ rows.values() | unique | join(", ") -%}
        {%- endif -%}
        {%- do outcomes.append({
            "node": node.unique_id,
            "kind": node.resource_type | string,
            "name": node.name,
            "parents": node.depends_on.nodes | default([]),
            "status": result.status | string,
            "message": message,
            "path": node.compiled_path | default("", true),
            "code": node.compiled_code if is_kept else none,
        }) -%}
    {%- endfor -%}
    {%- set ended = call_plugin("carbonshed_end_run", {
        "command": flags.WHICH,
        "log": flags.LOG_PATH ~ "/dbt.log",
        "is_sample": true if flags.EMPTY or flags.SAMPLE else false,
        "results": outcomes,
    }) -%}
    {%- if ended.is_publishable -%}
        {%- set published = call_plugin("carbonshed_publish") -%}
        {%- if published.problem -%}
            select error({{ quoted_text(published.problem) }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
