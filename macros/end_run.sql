{#- After a run: hand over what became of each node. Python notes it, says so, and
    publishes the marts if nothing keeps them back. -#}
{% macro end_run(results) -%}
    {#- without results it was refused before it began, and nothing has changed -#}
    {%- if execute and results -%}
        {%- do call_plugin("carbonshed_end_run", {
            "command": flags.WHICH,
            "log": flags.LOG_PATH ~ "/dbt.log",
            "is_sample": true if flags.EMPTY or flags.SAMPLE else false,
            "results": fields_of(results, {
                "node": "node.unique_id",
                "kind": "node.resource_type",
                "name": "node.name",
                "parents": "node.depends_on.nodes",
                "test": "node.test_metadata.name",
                "status": "status",
                "message": "message",
                "path": "node.compiled_path",
                "code": "node.compiled_code",
            }),
        }) -%}
        {{ call_plugin("carbonshed_publish").sql }}
    {%- endif -%}
{%- endmacro %}
