{#- After everything ran: a run without a failure takes the warehouse's place,
    any other is set aside and the warehouse stays as it was. -#}
{% macro finish_build(results) -%}
    {%- set outcome = build_outcome(results) -%}
    {%- if not outcome -%}
        {{ return("") }}
    {%- endif -%}
    {%- set place = run_query(
        "select carbonshed_finish('" ~ outcome ~ "')"
    ).columns[0].values()[0] -%}
    {%- if outcome == "passed" -%}
        {%- do log("The warehouse is ready: " ~ place, info=true) -%}
    {%- elif outcome in ["failed", "mixed"] -%}
        {%- do log(
            "The run did not pass: the warehouse stays as it was. What was built "
            ~ "is kept for a look and for dbt retry: " ~ place,
            info=true
        ) -%}
    {%- endif -%}
    {%- if outcome == "mixed" -%}
        select error(
            'the dataset was ingested anew since the warehouse was built, and '
            || 'this run would mix the two: build everything, with dbt build'
        )
    {%- endif -%}
{%- endmacro %}
