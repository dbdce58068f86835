{#- Every var that may be given; carbonshed/dbt_plugin/vars.py says of some what their
    values may be. -#}
{% macro known_vars() -%}
    {{ return(["dataset"] + policy_vars() + [
        "solver",
        "memory_gb",
        "scheduler",
        "shared",
        "leontief_inverse",
        "analyses",
        "error_rule",
        "quota_draws",
        "by_origin",
    ]) }}
{%- endmacro %}
