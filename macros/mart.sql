{#- A mart, for macros of the ready questions. Where a question is kept in what is
    published, there is no dbt and no name of a warehouse: the plain name does. As of
    ref(), the name may be the second word, after that of a package. -#}
{% macro mart(name, of_package=none) -%}
    {%- if model is defined and model.name == 'questions' -%}
        {{- return("marts." ~ (of_package or name)) -}}
    {%- else -%}
        {{- return(ref(name)) -}}
    {%- endif -%}
{%- endmacro %}
