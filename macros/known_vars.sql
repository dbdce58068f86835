{#- Every var that may be given, or those that choose a policy, which reach what has its
    tag; carbonshed/dbt_plugin/vars.py says of some what their values may be. -#}
{% macro known_vars(of_policy=false) -%}
    {%- set dataset = ["dataset"] -%}
    {%- set policy = [
        "super_emitter_rule",
        "peak_projection",
        "income_year",
        "scenarios",
        "receivers_share",
    ] -%}
    {%- set solve = ["solver", "memory_gb", "leontief_inverse"] -%}
    {{ return(policy if of_policy else dataset + policy + solve) }}
{%- endmacro %}
