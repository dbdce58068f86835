{#- Every var that may be given; carbonshed/dbt_plugin/vars.py says of some what their
    values may be. -#}
{% macro known_vars() -%}
    {{ return([
        "dataset",
        "super_emitter_rule",
        "peak_projection",
        "income_year",
        "scenarios",
        "receivers_share",
        "solver",
        "memory_gb",
        "leontief_inverse",
    ]) }}
{%- endmacro %}
