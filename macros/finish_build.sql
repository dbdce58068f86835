{#- After everything ran: a run without a failure takes the warehouse's place,
    any other is set aside and the warehouse stays as it was. -#}
{% macro finish_build(results) -%}
    {%- if not execute or flags.WHICH not in
        ["build", "run", "seed", "snapshot", "clone"] -%}
        {{ return("") }}
    {%- endif -%}
    {%- set broken = results
        | rejectattr("status", "in", ["success", "pass", "warn", "no-op"])
        | list -%}
    {%- set is_mixed = is_of_two_datasets() -%}
    {%- if not results -%}
        {%- set outcome = "refused" -%}
    {%- elif broken or is_mixed -%}
        {%- set outcome = "failed" -%}
    {%- else -%}
        {%- set outcome = "passed" -%}
        {%- do mark_synthetic() -%}
    {%- endif -%}
    {%- do run_query("checkpoint") -%}
    {%- set place = run_query(
        "select carbonshed_finish('" ~ outcome ~ "')"
    ).columns[0].values()[0] -%}
    {%- if outcome == "passed" -%}
        {%- do log("The warehouse is ready: " ~ place, info=true) -%}
    {%- elif outcome == "failed" -%}
        {%- do log(
            "The run did not pass: the warehouse stays as it was. What was built "
            ~ "is kept for a look and for dbt retry: " ~ place,
            info=true
        ) -%}
    {%- endif -%}
    {%- if is_mixed and not broken -%}
        select error(
            'the dataset was ingested anew since the warehouse was built, and '
            || 'this run would mix the two: build everything, with dbt build'
        )
    {%- endif -%}
{%- endmacro %}
