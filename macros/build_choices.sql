{#- What was chosen of policy and errors: value by var, as text; empty is the default. -#}
{% macro build_choices() -%}
    {%- set choices = {} -%}
    {%- for name in policy_vars() + ["error_rule"] -%}
        {%- do choices.update({name: chosen_var(name, "") | string}) -%}
    {%- endfor -%}
    {{ return(choices) }}
{%- endmacro %}
