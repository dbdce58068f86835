{#- The last that is written: everything is in the file itself, without a log
    beside it. A statement of its own, because dbt reports one that fails, on a
    full disk for example, and leaves out the hook that would publish the file. -#}
{% macro settle_build(results) -%}
    {%- set outcome = build_outcome(results) -%}
    {%- if outcome == "passed" -%}
        {{ mark_synthetic() }}
        {{ record_build(results) }}
    {%- elif outcome in ["failed", "mixed"] -%}
        {%- do run_query(
            "select carbonshed_failed('"
            ~ (build_failures(results, outcome) | replace("'", "''")) ~ "')"
        ) -%}
    {%- endif -%}
    {%- if outcome -%}
        checkpoint
    {%- endif -%}
{%- endmacro %}
