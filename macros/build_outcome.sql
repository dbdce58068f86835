{#- How a run ended, or none if the command writes nothing: `refused` before it
    began, `failed`, `mixed` if it would mix two ingests, or `passed`. -#}
{% macro build_outcome(results) -%}
    {%- if not execute or flags.WHICH not in
        ["build", "run", "seed", "snapshot", "clone"] -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set broken = results
        | rejectattr("status", "in", ["success", "pass", "warn", "no-op"])
        | list -%}
    {%- if not results -%}
        {{ return("refused") }}
    {%- elif broken -%}
        {{ return("failed") }}
    {%- elif is_of_two_datasets() -%}
        {{ return("mixed") }}
    {%- endif -%}
    {{ return("passed") }}
{%- endmacro %}
