{# What every column of every mart is, as its yml says it, beside the data. #}

{%- set described = [] -%}
{#- while dbt parses the project there is no graph yet -#}
{%- for node in (graph.nodes.values() if execute else [])
    if node.resource_type == "model" and node.schema == this.schema -%}
    {%- for column in node.columns.values() -%}
        {%- set meta = column.config.meta -%}
        {%- do described.append([
            node.alias,
            column.name,
            meta.get("unit"),
            meta.get("formula"),
            column.description,
            meta.get("source"),
            node.description,
        ]) -%}
    {%- endfor -%}
{%- endfor -%}

with

columns as (

    -- the types, and what is there while dbt parses the project
    select
        cast(null as varchar) as mart,
        cast(null as varchar) as "column",  -- noqa: RF04, the promised name
        cast(null as varchar) as unit,
        cast(null as varchar) as formula,
        cast(null as varchar) as description,
        cast(null as varchar) as source,  -- noqa: RF04, as in other marts
        cast(null as varchar) as mart_description
    where false

    union all

    values
    {% for texts in described | sort %}
        (
            {% for text in texts %}
                nullif({{ quoted_text((text or '').split() | join(' ')) }}, '')
                {{ "," if not loop.last }}
            {% endfor %}
        )
        {{ "," if not loop.last }}
    {% else %}
        (null, null, null, null, null, null, null)
    {% endfor %}

)

select * from columns
