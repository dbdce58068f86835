{#- After everything ran: a run without a failure takes the warehouse's place,
    any other is set aside and the warehouse stays as it was. A run without any
    result was refused before it began. -#}
{% macro finish_build(results) -%}
    {%- if not execute or flags.WHICH not in
        ["build", "run", "seed", "snapshot", "clone"] -%}
        {{ return("") }}
    {%- endif -%}
    {%- set broken = results
        | rejectattr("status", "in", ["success", "pass", "warn", "no-op"])
        | list -%}
    {%- set is_whole = (results | length > 0) and not broken -%}
    {%- if is_whole -%}
        {%- do mark_synthetic() -%}
    {%- endif -%}
    {%- do run_query("checkpoint") -%}
    {%- set place = run_query(
        "select carbonshed_finish('" ~ ("green" if is_whole else "red") ~ "')"
    ).columns[0].values()[0] -%}
    {%- if is_whole -%}
        {%- do log("The warehouse is ready: " ~ place, info=true) -%}
    {%- else -%}
        {%- do log(
            "The run did not pass: the warehouse stays as it was. What was built "
            ~ "is kept for a look and for dbt retry: " ~ place,
            info=true
        ) -%}
    {%- endif -%}
{%- endmacro %}
