{#- Some nodes, and all that is made from them or tests them, as the keys of a
    dictionary. -#}
{% macro descendants(nodes) -%}
    {%- set found = {} -%}
    {%- for node in nodes -%}
        {%- do found.update({node: true}) -%}
    {%- endfor -%}
    {#- a pass finds the children of what the pass before has found -#}
    {%- set state = namespace(known=-1) -%}
    {%- for _ in graph.nodes if state.known != found | length -%}
        {%- set state.known = found | length -%}
        {%- for node in graph.nodes.values() if node.unique_id not in found -%}
            {%- for parent in node.depends_on.nodes | default([])
                if parent in found and not parent.startswith("test.") -%}
                {%- do found.update({node.unique_id: true}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
