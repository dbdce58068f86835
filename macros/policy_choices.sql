{#- What was chosen for the policy: value by var, as text; empty is the default. -#}
{% macro policy_choices() -%}
    {%- set choices = {} -%}
    {%- for name in policy_vars() -%}
        {%- do choices.update({name: chosen_var(name, "") | string}) -%}
    {%- endfor -%}
    {{ return(choices) }}
{%- endmacro %}
