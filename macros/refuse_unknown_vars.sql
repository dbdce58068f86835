{#- Refuse a var that is not known, when a question is compiled: dbt would ignore it
    and the answer would be about something else. A build has its names checked by
    check_dataset; the list is the one of carbonshed/dbt_plugin/vars.py. -#}
{% macro refuse_unknown_vars() -%}
    {%- set known = [
        'dataset',
        'super_emitter_rule',
        'peak_projection',
        'income_year',
        'scenarios',
        'receivers_share',
        'solver',
        'memory_gb',
        'year',
        'stressor_id',
        'region_id',
        'published_footprints',
        'leontief_inverse',
    ] -%}
    {%- if execute -%}
        {%- for name in invocation_args_dict.get('vars') or {} -%}
            {%- if name not in known -%}
                {%- do exceptions.raise_compiler_error(
                    "the var '" ~ name ~ "' is not known; known: " ~ known | join(', ')
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
