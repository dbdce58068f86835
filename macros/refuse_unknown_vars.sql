{#- Refuse a var that is not known, when a question is compiled: dbt would ignore it
    and the answer would be about something else. A run has its vars checked by
    check_dataset. -#}
{% macro refuse_unknown_vars() -%}
    {%- if execute -%}
        {%- for name in invocation_args_dict.get('vars') or {} -%}
            {%- if name not in known_vars() -%}
                {%- do exceptions.raise_compiler_error(
                    "the var '" ~ name ~ "' is not known; known: "
                    ~ known_vars() | join(', ')
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
