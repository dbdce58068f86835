{#- After a build of anything in the warehouse: publish the marts if every model, seed and
    test of it has passed. Readers see what they saw before until the last moment, and
    after a failure. -#}
{% macro publish_if_green(results) -%}
    {#- without results it was refused before it began -#}
    {%- if not execute or flags.WHICH != "build" or not results -%}
        {{ return("") }}
    {%- endif -%}
    {%- set broken = results
        | rejectattr("status", "in", ["success", "pass", "warn", "no-op"])
        | list -%}
    {%- set of_warehouse = warehouse_nodes() | map(attribute="unique_id") | list -%}
    {%- set made = results
        | selectattr("node.unique_id", "in", of_warehouse) | list -%}
    {%- if broken or not made -%}
        {{ return("") }}
    {%- endif -%}
    {%- set dataset = target.database -%}
    {%- set outstanding = run_query(
        "select carbonshed_unpublished(" ~ quoted_text(dataset) ~ ")"
    ).columns[0].values()[0] -%}
    {%- if outstanding -%}
        {%- do say([outstanding]) -%}
        {{ return("") }}
    {%- endif -%}
    {%- set published = fromjson(
        run_query("select carbonshed_publish()").columns[0].values()[0]
    ) -%}
    {%- if published.lines -%}
        {%- do say(published.lines) -%}
    {%- else -%}
        select error({{ quoted_text(
            "the build passed, but it is not published, and readers see what they saw"
            ~ " before: " ~ published.problem ~ ". Mend that, then run: carbonshed"
            ~ " publish " ~ dataset
        ) }})
    {%- endif -%}
{%- endmacro %}
