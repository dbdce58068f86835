{#- The ready questions of analyses/: what each asks, what its answer holds, and its SQL
    as any DuckDB client runs it on what is published. -#}
{% macro kept_questions() -%}
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
    {{- return(kept | sort(attribute="question_id")) -}}
{%- endmacro %}
