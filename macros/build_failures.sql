{#- What did not pass in a run and is why, as JSON: what was skipped for it is not. -#}
{% macro build_failures(results, outcome) -%}
    {%- set failures = [] -%}
    {%- for result in results
        if result.status not in ["success", "pass", "warn", "no-op", "skipped"] -%}
        {%- do failures.append({
            "name": result.node.name,
            "kind": result.node.resource_type | string,
            "message": result.message or "",
        }) -%}
    {%- endfor -%}
    {%- if outcome == "mixed" -%}
        {%- do failures.append({
            "name": var("dataset", "synthetic") | string,
            "kind": "dataset",
            "message": "ingested anew since the warehouse was built",
        }) -%}
    {%- endif -%}
    {{ return(tojson(failures)) }}
{%- endmacro %}
