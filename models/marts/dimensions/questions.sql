{# The ready questions of analyses/ beside the marts that they ask, so that each
   is answered without dbt: docs/questions.md. #}

{%- set kept = [] -%}
{#- while dbt parses the project there is no graph yet -#}
{%- for node in (graph.nodes.values() if execute else [])
    | selectattr("resource_type", "equalto", "analysis") -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.append({
            "column_name": column.name,
            "unit": column.config.meta.get("unit"),
            "description": column.description,
        }) -%}
    {%- endfor -%}
    {%- set question, mark, reading = node.description.partition("?") -%}
    {#- in this text, ref() gives the plain name of a mart -#}
    {%- set sql = render("{%- set ref = mart -%}" ~ node.raw_code) | trim -%}
    {%- set used = modules.re.findall("getvariable\('([a-z_]+)'\)", sql) -%}
    {%- do kept.append({
        "question_id": node.name,
        "question": question ~ mark,
        "reading": reading | trim,
        "needs": node.config.meta.get("needs"),
        "answer_columns": tojson(columns),
        "chosen_by": used | unique | sort | join(", "),
        "compiled_sql": sql,
    }) -%}
{%- endfor -%}

with

questions as (

    -- the types, and what is there while dbt parses the project
    select
        cast(null as varchar) as question_id,
        cast(null as varchar) as question,
        cast(null as varchar) as reading,
        cast(null as varchar) as chosen_by,
        cast(null as varchar) as needs,
        cast(null as varchar) as answer_columns,
        cast(null as varchar) as compiled_sql
    where false

    {% for question in kept | sort(attribute='question_id') %}
        union all

        select
            {{ quoted_text(question.question_id) }},
            {{ quoted_text(question.question) }},
            {{ quoted_text(question.reading) }},
            {{ quoted_text(question.chosen_by) }},
            nullif({{ quoted_text(question.needs or '') }}, ''),
            {{ quoted_text(question.answer_columns) }},
            {{ quoted_text(question.compiled_sql) }}
    {% endfor %}

)

select * from questions
