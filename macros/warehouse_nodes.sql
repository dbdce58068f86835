{#- The nodes that a warehouse consists of: models, seeds, and tests of anything but seeds
    alone, which say nothing of a dataset. -#}
{% macro warehouse_nodes() -%}
    {%- set found = [] -%}
    {#- dbt keeps the tests of models that are left out -#}
    {%- for node in graph.nodes.values() if node.config.enabled -%}
        {%- set others = [] -%}
        {%- for parent in node.depends_on.nodes | default([])
            if not parent.startswith("seed.") -%}
            {%- do others.append(parent) -%}
        {%- endfor -%}
        {%- if node.resource_type in ["model", "seed"]
            or (node.resource_type == "test" and others) -%}
            {%- do found.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
