{#- Before anything runs: check the dataset, the vars and the settings of the project,
    and note in the work file what the run is about to change. Python does all of it; dbt
    alone knows the nodes. dbt would ignore a var that nothing reads, so all that were
    given are checked. -#}
{% macro begin_run() -%}
    {#- there is no graph while dbt only parses -#}
    {%- if not execute -%}
        {{ return("") }}
    {%- endif -%}
    {%- if "carbonshed.dbt_plugin.plugin"
        not in (target.plugins or []) | map(attribute="module") | list -%}
        {%- do exceptions.raise_compiler_error(
            "the profile " ~ target.profile_name ~ " does not load Carbonshed's plugin,"
            ~ " which checks and publishes: take profiles.yml as Carbonshed has it, or"
            ~ " add to the output " ~ target.name
            ~ ": plugins: [{module: carbonshed.dbt_plugin.plugin}]"
        ) -%}
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
    {%- for node in graph.nodes.values() if node.config.enabled
        and node.resource_type in ["model", "seed", "snapshot", "test"] -%}
        {%- set reads = {} -%}
        {%- for name, value in vars.items() if name != "dataset"
            and ("'" ~ name ~ "'" in node.raw_code or '"' ~ name ~ '"' in node.raw_code)
        -%}
            {%- do reads.update({name: value}) -%}
        {%- endfor -%}
        {%- set test = node.test_metadata | default({}, true) -%}
        {%- set tells_rows = test.name == "one_row_per_combination" -%}
        {%- set is_test = node.resource_type == "test" -%}
        {#- a snapshot is a history: neither published nor dropped -#}
        {%- set is_relation = node.resource_type in ["model", "seed"]
            and node.database == target.database -%}
        {%- set comments = {} -%}
        {%- if is_relation and node.schema == "marts" -%}
            {%- for column in node.columns.values() -%}
                {%- set meta = column.config.meta or column.meta or {} -%}
                {%- do comments.update({column.name: {
                    "description": column.description or "",
                    "unit": meta.get("unit"),
                }}) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do nodes.append({
            "node": node.unique_id,
            "fingerprint": node.checksum.checksum ~ " " ~ tojson(reads),
            "parents": node.depends_on.nodes | default([]),
            "relation": node.schema ~ "." ~ node.alias if is_relation else none,
            "key_of": node.attached_node if tells_rows else none,
            "key": test.kwargs.combination if tells_rows else none,
            "path": node.original_file_path,
            "materialized": node.config.materialized,
            "is_contract": node.contract.enforced if node.contract else false,
            "description": node.description or "",
            "columns": comments,
            "tested": node.attached_node | default(none),
            "strictness": {
                "severity": node.config.severity | lower,
                "error_if": node.config.error_if,
                "fail_calc": node.config.fail_calc,
                "where": node.config.where,
                "limit": node.config.limit,
            } if is_test else none,
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
        "project": project_name,
        "vars": vars,
        "given": toyaml(given),
        "seed_folders": roots,
        "nodes": nodes,
        "selected": selected_resources,
    }) -%}
    {%- if answer.complaint -%}
        {#- dbt would go on after a hook that failed, unless a flag of the project is set -#}
        {%- if not answer.stops -%}
            {%- do exceptions.raise_compiler_error(answer.complaint) -%}
        {%- endif -%}
        select error({{ quoted_text(answer.complaint) }})
    {%- endif -%}
{%- endmacro %}
