{#- What was chosen for the policy, in the order of known_vars; empty is the default. -#}
{% macro policy_choices() -%}
    {%- set choices = [] -%}
    {%- for name in [
        "super_emitter_rule",
        "peak_projection",
        "income_year",
        "scenarios",
        "receivers_share",
    ] -%}
        {%- do choices.append(var(name, "") | string) -%}
    {%- endfor -%}
    {{ return(choices) }}
{%- endmacro %}
