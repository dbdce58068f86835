{#- After a build: publish the marts if every model, seed and test of the warehouse has
    passed. Readers see what they saw before until the last moment, and after a failure. -#}
{% macro publish_if_green(results) -%}
    {%- set broken = (results or [])
        | rejectattr("status", "in", ["success", "pass", "warn", "no-op"])
        | list -%}
    {#- without results it was refused before it began -#}
    {%- if not execute or flags.WHICH != "build" or broken or not results -%}
        {{ return("") }}
    {%- endif -%}
    {%- set outstanding = run_query(
        "select count(*) from main.outstanding_nodes"
    ).columns[0].values()[0] -%}
    {%- if outstanding -%}
        {%- do log(
            "Not published: " ~ outstanding ~ " models, seeds or tests have not passed"
            ~ " since they were changed; readers see what they saw before.", info=true
        ) -%}
        {{ return("") }}
    {%- endif -%}
    {%- set published = fromjson(
        run_query("select carbonshed_publish()").columns[0].values()[0]
    ) -%}
    {%- if published.place -%}
        {%- do log("Published: " ~ published.place, info=true) -%}
    {%- else -%}
        select error(
            'the build passed, but it is not published, and readers see what they saw '
            || 'before: {{ dbt.escape_single_quotes(published.problem) }}. Mend that, '
            || 'then run: carbonshed publish {{ var("dataset", "synthetic") }}'
        )
    {%- endif -%}
{%- endmacro %}
