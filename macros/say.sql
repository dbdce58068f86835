{#- Lines for whoever waits: on the terminal and in the log, but not with --quiet. -#}
{% macro say(lines) -%}
    {%- if not flags.QUIET -%}
        {%- for line in lines -%}
            {%- do print(line) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
