{#- The vars that choose a policy, and reach what has its tag. -#}
{% macro policy_vars() -%}
    {{ return([
        "super_emitter_rule",
        "peak_projection",
        "income_year",
        "scenarios",
        "receivers_share",
    ]) }}
{%- endmacro %}
