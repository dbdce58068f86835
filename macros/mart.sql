{#- A mart, for macros of the ready questions. Where a question is kept in what is
    published, there is no dbt and no name of a warehouse: the plain name does. -#}
{% macro mart(name) -%}
    {%- if model is defined and model.name == 'questions' -%}
        {{- return("marts." ~ name) -}}
    {%- else -%}
        {{- return(ref(name)) -}}
    {%- endif -%}
{%- endmacro %}
