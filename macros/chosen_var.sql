{#- The value of a var as it was given, else that of dbt_project.yml, else none. dbt's own
    `var` renders a text as a template, with all that a template may do: run SQL, read the
    environment. Here it is data, so macros and models ask for vars by this macro only. -#}
{% macro chosen_var(name) -%}
    {%- set given = invocation_args_dict.get("vars") or {} -%}
    {{ return(given[name] if name in given else var(name, none)) }}
{%- endmacro %}
