{#- Before anything runs: hand over what was given, what dbt knows of the project, and
    what is going to run. Python checks, notes and refuses. -#}
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
    {%- for name in call_plugin("carbonshed_vars") -%}
        {%- do vars.update({name: chosen_var(name)}) -%}
    {%- endfor -%}
    {{ call_plugin("carbonshed_begin_run", {
        "run_id": invocation_id,
        "command": flags.WHICH,
        "dbt_version": dbt_version,
        "project": project_name,
        "database": target.database,
        "given": toyaml(invocation_args_dict.get("vars") or {}),
        "vars": toyaml(vars),
        "selected": selected_resources,
        "graph": fields_of(graph.nodes.values(), {
            "node": "unique_id",
            "kind": "resource_type",
            "is_enabled": "config.enabled",
            "package": "package_name",
            "root": "root_path",
            "path": "original_file_path",
            "checksum": "checksum.checksum",
            "raw_code": "raw_code",
            "parents": "depends_on.nodes",
            "database": "database",
            "schema": "schema",
            "alias": "alias",
            "materialized": "config.materialized",
            "is_contract": "contract.enforced",
            "description": "description",
            "columns": "columns",
            "version": "config.meta.package_version",
            "test": "test_metadata.name",
            "key": "test_metadata.kwargs.combination",
            "tested": "attached_node",
            "severity": "config.severity",
            "error_if": "config.error_if",
            "fail_calc": "config.fail_calc",
            "where": "config.where",
            "limit": "config.limit",
        }),
    }).sql }}
{%- endmacro %}
