{#- What the yml says of every column of the models in the schema of this one, as rows of
    the mart `columns`. -#}
{% macro described_columns() -%}
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
    {{- return(described | sort) -}}
{%- endmacro %}
