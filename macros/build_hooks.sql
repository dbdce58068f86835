{#- Before anything runs: the dataset is there and its audit has no FAIL. -#}
{% macro check_dataset() -%}
    select case when complaint is not null then error(complaint) end
    from (
        select
            carbonshed_preflight('{{ var("dataset", "synthetic") }}')
                as complaint
    )
{%- endmacro %}

{#- After everything ran: a run without a failure takes the warehouse's place,
    any other is set aside and the warehouse stays as it was. -#}
{% macro finish_build(results) -%}
    {%- if not execute or flags.WHICH not in
        ["build", "run", "seed", "snapshot", "clone"] -%}
        {{ return("") }}
    {%- endif -%}
    {%- set broken = results
        | selectattr("status", "in", ["error", "fail", "skipped", "runtime error", "partial success"])
        | list -%}
    {%- do run_query("checkpoint") -%}
    {#- no result at all: the dataset was refused before anything ran -#}
    {%- set is_whole = (results | length > 0) and not broken -%}
    {%- set outcome = "green" if is_whole else "red" -%}
    {%- set place = run_query(
        "select carbonshed_finish('" ~ outcome ~ "') as place"
    ).columns[0].values()[0] -%}
    {%- if not is_whole -%}
        {%- do log(
            "The run did not pass: the warehouse stays as it was. The failed "
            ~ "build is kept for a look: " ~ place,
            info=true
        ) -%}
    {%- else -%}
        {%- do log("The warehouse is ready: " ~ place, info=true) -%}
    {%- endif -%}
{%- endmacro %}
