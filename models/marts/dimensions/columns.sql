{# What every column of every mart is, as its yml says it, beside the data. #}

{%- set described = [] -%}
{#- while dbt parses the project there is no graph yet -#}
{%- for node in (graph.nodes.values() if execute else [])
    if node.resource_type == "model" and node.schema == this.schema -%}
    {%- for column in node.columns.values() -%}
        {%- set meta = column.config.meta -%}
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
            {%- do lines.update({name: (text or "").split() | join(" ") or none}) -%}
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
