{#- What a function of the plugin answers (carbonshed/dbt_plugin/plugin.py). It takes and
    gives JSON, bound and no literal, of which DuckDB would parse every letter. Lines of
    the answer are for whoever waits: terminal and log, but not with --quiet. -#}
{% macro call_plugin(function, content=none) -%}
    {%- set bindings = [] if content is none else [tojson(content)] -%}
    {%- set sql = "select " ~ function ~ "(" ~ ("?" if bindings) ~ ")" -%}
    {%- set cursor = adapter.add_query(sql, auto_begin=false, bindings=bindings)[1] -%}
    {%- set answer = fromjson(cursor.fetchall()[0][0]) -%}
    {%- for line in answer.lines or [] if not flags.QUIET -%}
        {%- do print(line) -%}
    {%- endfor -%}
    {%- if answer.error -%}
        {%- do exceptions.raise_compiler_error(answer.error) -%}
    {%- endif -%}
    {{ return(answer) }}
{%- endmacro %}
