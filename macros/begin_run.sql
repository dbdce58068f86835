{#- Before anything runs: check the dataset and the vars, and note in the work file what
    the run is about to change. Python does both; dbt alone knows the nodes. dbt would
    ignore a var that nothing reads, so all that were given are checked. -#}
{% macro begin_run() -%}
    {#- there is no graph while dbt only parses -#}
    {%- if not execute -%}
        {{ return("") }}
    {%- endif -%}
    {%- set vars = {} -%}
    {%- set given = invocation_args_dict.get("vars") or {} -%}
    {%- for name in (given | list) + (call_plugin("carbonshed_vars") | list) -%}
        {%- set value = chosen_var(name) -%}
        {%- if name in given or value is not none -%}
            {%- do vars.update(
                {name | string: none if value is none else value | string}
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set nodes = [] -%}
    {#- by folder of seeds: whether the project is in it, and no package -#}
    {%- set roots = {} -%}
    {%- for node in graph.nodes.values()
        if node.config.enabled and node.resource_type in ["model", "seed", "test"] -%}
        {%- set reads = {} -%}
        {%- for name, value in vars.items()
            if name != "dataset" and "'" ~ name ~ "'" in node.raw_code -%}
            {%- do reads.update({name: value}) -%}
        {%- endfor -%}
        {%- set test = node.test_metadata | default({}, true) -%}
        {%- set tells_rows = test.name == "one_row_per_combination" -%}
        {%- do nodes.append({
            "node": node.unique_id,
            "fingerprint": node.checksum.checksum ~ " " ~ tojson(reads),
            "parents": node.depends_on.nodes | default([]),
            "relation": none if node.resource_type == "test"
                else node.schema ~ "." ~ node.alias,
            "key_of": node.attached_node if tells_rows else none,
            "key": test.kwargs.combination if tells_rows else none,
        }) -%}
        {%- if node.resource_type == "seed" -%}
            {%- do roots.update({node.root_path: node.package_name == project_name}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set answer = call_plugin("carbonshed_begin_run", {
        "run_id": invocation_id,
        "command": flags.WHICH,
        "dbt_version": dbt_version,
        "package_version": (graph.nodes["model.carbonshed.stg_dataset"] | default({}))
            .get("config", {}).get("meta", {}).get("package_version"),
        "vars": vars,
        "seed_folders": roots,
        "nodes": nodes,
        "selected": selected_resources,
    }) -%}
    {%- if answer.complaint -%}
        select error({{ quoted_text(answer.complaint) }})
    {%- endif -%}
{%- endmacro %}
