{#- After everything ran: a run without a failure takes the warehouse's place, and is
    published if it was a whole build; any other is set aside and the warehouse stays
    as it was. What readers are to see is written first, because that is what can
    fail, and shown last. -#}
{% macro finish_build(results) -%}
    {%- set outcome = build_outcome(results) -%}
    {%- if not outcome -%}
        {{ return("") }}
    {%- endif -%}
    {%- if outcome == "passed" -%}
        {%- set publication = api.Relation.create(
            schema="marts", identifier="publication"
        ) -%}
        {%- do adapter.store_relation("plugin", publication, [], "", "duckdb", {}) -%}
    {%- endif -%}
    {%- set finished = fromjson(run_query(
        "select carbonshed_finish('" ~ outcome ~ "')"
    ).columns[0].values()[0]) -%}
    {%- if outcome == "passed" -%}
        {%- do log("The warehouse is ready: " ~ finished.place, info=true) -%}
        {%- if finished.published -%}
            {%- do log("Published: " ~ finished.published, info=true) -%}
        {%- endif -%}
    {%- elif outcome in ["failed", "mixed"] -%}
        {%- do log(
            "The run did not pass: the warehouse stays as it was. What was built "
            ~ "is kept for a look and for dbt retry: " ~ finished.place,
            info=true
        ) -%}
    {%- endif -%}
    {%- if outcome == "mixed" -%}
        select error(
            'the dataset was ingested anew since the warehouse was built, and '
            || 'this run would mix the two: build everything, with dbt build'
        )
    {%- elif finished.problem -%}
        select error(
            'the build passed, but it is not published, and readers see what they saw '
            || 'before: {{ finished.problem | replace("'", "''") }}. Mend that, then '
            || 'run: carbonshed publish {{ var("dataset", "synthetic") }}'
        )
    {%- endif -%}
{%- endmacro %}
