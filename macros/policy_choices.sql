{#- What was chosen for the policy: value by var, as text; empty is the default. -#}
{% macro policy_choices() -%}
    {%- set choices = {} -%}
    {%- for name in known_vars(of_policy=true) -%}
        {%- do choices.update({name: var(name, "") | string}) -%}
    {%- endfor -%}
    {{ return(choices) }}
{%- endmacro %}
