{#- What a run makes or tests, and all that is made from it: what is outstanding until it
    has passed. -#}
{% macro affected_nodes() -%}
    {%- set affected = {} -%}
    {%- for node in selected_resources -%}
        {%- do affected.update({node: true}) -%}
    {%- endfor -%}
    {#- a pass finds the children of what the pass before has found -#}
    {%- set state = namespace(found=-1) -%}
    {%- for _ in graph.nodes if state.found != affected | length -%}
        {%- set state.found = affected | length -%}
        {%- for node in graph.nodes.values()
            if node.unique_id not in affected -%}
            {%- for parent in node.depends_on.nodes | default([])
                if parent in affected and not parent.startswith("test.") -%}
                {%- do affected.update({node.unique_id: true}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(affected | list) }}
{%- endmacro %}
