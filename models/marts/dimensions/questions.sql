{# The ready questions of analyses/ beside the marts that they ask, so that each
   is answered without dbt: docs/questions.md. #}

{%- set kept = [] -%}
{#- while dbt parses the project there is no graph yet -#}
{#- an analysis that asks nothing is none of them -#}
{%- for node in (graph.nodes.values() if execute else [])
    if node.resource_type == "analysis" and "?" in node.description -%}
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
        "needs": node.config.meta.get("needs") or none,
        "answer_columns": tojson(columns),
        "chosen_by": used | unique | sort | join(", "),
        "compiled_sql": sql,
    }) -%}
{%- endfor %}

with

questions as (

    select
        unnest(
            from_json(
                {{ quoted_text(tojson(kept | sort(attribute='question_id'))) }},
                '[{
                    "question_id": "VARCHAR",
                    "question": "VARCHAR",
                    "reading": "VARCHAR",
                    "chosen_by": "VARCHAR",
                    "needs": "VARCHAR",
                    "answer_columns": "VARCHAR",
                    "compiled_sql": "VARCHAR"
                }]'
            ),
            recursive := true
        )

)

select * from questions
