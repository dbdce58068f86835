{# What every column of every mart is, as its yml says it, beside the data. #}

{%- set described = [] -%}
{#- while dbt parses the project there is no graph yet -#}
{%- for node in (graph.nodes.values() if execute else [])
    if node.resource_type in ["model", "seed"] and node.schema == this.schema
    and node.config.materialized not in ["view", "ephemeral", "external"] -%}
    {%- for column in node.columns.values() -%}
        {%- set meta = column.config.meta or column.meta or {} -%}
        {%- set texts = {
            "mart": node.alias,
            "column": column.name,
            "unit": meta.get("unit"),
            "formula": meta.get("formula"),
            "description": column.description,
            "source": meta.get("source"),
            "mart_description": node.description,
        } -%}
        {%- set lines = {} -%}
        {%- for name, text in texts.items() -%}
            {#- a mart of another project may be without a description -#}
            {%- set blank = "" if "description" in name else none -%}
            {%- set line = (text or "") | string -%}
            {%- do lines.update({name: line.split() | join(" ") or blank}) -%}
        {%- endfor -%}
        {%- do described.append(lines) -%}
    {%- endfor -%}
{%- endfor %}
{%- set sorted = described | sort(attribute='mart,column') %}

with

columns as (

    select
        unnest(
            from_json(
                {{ quoted_text(tojson(sorted)) }},
                '[{
                    "mart": "VARCHAR",
                    "column": "VARCHAR",
                    "unit": "VARCHAR",
                    "formula": "VARCHAR",
                    "description": "VARCHAR",
                    "source": "VARCHAR",
                    "mart_description": "VARCHAR"
                }]'
            ),
            recursive := true
        )

)

select * from columns
