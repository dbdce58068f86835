{# What every column of every mart is, as its yml says it, beside the data. #}

{%- set described = [] -%}
{#- Carbonshed labels all columns of a name once, or the name makes it -#}
{%- set labels = {} -%}
{#- while dbt parses the project there is no graph yet -#}
{%- for node in (graph.nodes.values() if execute else [])
    if node.resource_type in ["model", "seed"] and node.schema == this.schema
    and node.config.materialized not in ["view", "ephemeral", "external"] -%}
    {%- set about = node.config.meta or node.meta or {} -%}
    {%- for column in node.columns.values() -%}
        {%- set chosen = [] -%}
        {%- for alternative, choosers in (about.alternatives or {}).items()
            if column.name in [alternative] + choosers -%}
            {%- do chosen.append(alternative) -%}
        {%- endfor -%}
        {%- set meta = column.config.meta or column.meta or {} -%}
        {%- set words = modules.re.sub("^is_|_(name|id)$", "", column.name) -%}
        {%- set words = modules.re.sub("_p0?(\\d+)$", " at \\1 %", words)
            | replace("_per_capita", " per person") | replace("_", " ")
            | replace("gdp", "GDP") -%}
        {%- set is_said = meta.get("label") and node.package_name == "carbonshed" -%}
        {%- if is_said -%}
            {%- do labels.update({column.name: meta.get("label")}) -%}
        {%- endif -%}
        {%- set texts = {
            "mart": node.alias,
            "column": column.name,
            "label": meta.get("label"),
            "words": words[:1] | upper ~ words[1:],
            "unit": meta.get("unit"),
            "formula": meta.get("formula"),
            "description": column.description,
            "source": meta.get("source"),
            "chooses": chosen | join(", "),
            "if_added_up": about.if_added_up if chosen,
            "mart_description": node.description,
            "mart_answers": about.answers,
            "mart_subject": node.fqn[-2] if node.package_name == "carbonshed",
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
{%- for lines in described -%}
    {%- set words = lines.pop("words") -%}
    {%- do lines.update({
        "label": lines.label or labels.get(lines.column) or words
    }) -%}
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
                    "label": "VARCHAR",
                    "source": "VARCHAR",
                    "chooses": "VARCHAR",
                    "if_added_up": "VARCHAR",
                    "mart_description": "VARCHAR",
                    "mart_answers": "VARCHAR",
                    "mart_subject": "VARCHAR"
                }]'
            ),
            recursive := true
        )

)

select * from columns
