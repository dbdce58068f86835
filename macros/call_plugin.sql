{#- What a function of the plugin answers (carbonshed/dbt_plugin/plugin.py): it takes
    and gives JSON. Lines of the answer are for whoever waits: they go to the terminal
    and to the log, but not with --quiet. -#}
{% macro call_plugin(function, content=none) -%}
    {%- set argument = "" if content is none else quoted_text(tojson(content)) -%}
    {%- set answer = fromjson(
        run_query("select " ~ function ~ "(" ~ argument ~ ")").columns[0].values()[0]
    ) -%}
    {%- if answer.lines is defined and not flags.QUIET -%}
        {%- for line in answer.lines -%}
            {%- do print(line) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(answer) }}
{%- endmacro %}
