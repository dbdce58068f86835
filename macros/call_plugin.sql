{#- What a function of the plugin answers (carbonshed/dbt_plugin/plugin.py): it takes
    and gives JSON. -#}
{% macro call_plugin(function, content=none) -%}
    {%- set argument = "" if content is none else quoted_text(tojson(content)) -%}
    {{ return(fromjson(
        run_query("select " ~ function ~ "(" ~ argument ~ ")").columns[0].values()[0]
    )) }}
{%- endmacro %}
