{#- Before anything runs: the dataset is there, its audit has no FAIL, and what was
    chosen by var can be chosen. A var of another name would be ignored by dbt, so
    the names that were given are checked too. -#}
{% macro check_dataset() -%}
    {#- nothing is checked when dbt only parses -#}
    {%- if not execute -%}
        {{ return("") }}
    {%- endif -%}
    {%- set chosen = {} -%}
    {%- set given = invocation_args_dict.get("vars") or {} -%}
    {%- set declared = fromjson(
        run_query("select carbonshed_vars()").columns[0].values()[0]
    ) -%}
    {%- for name in (given | list) + (declared | list) -%}
        {%- set value = chosen_var(name) -%}
        {%- if name in given or value is not none -%}
            {%- do chosen.update(
                {name | string: none if value is none else value | string}
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- a run without the solve reads what the store has, whatever became of it -#}
    {%- set solves = "model.carbonshed.solves" -%}
    {%- set readers = descendants([solves]) -%}
    {%- set reads_store = solves not in selected_resources
        and selected_resources | select("in", readers) | list | length > 0 -%}
    {#- by folder of seeds: whether the project is in it, and no package -#}
    {%- set roots = {} -%}
    {%- for node in graph.nodes.values() if node.resource_type == "seed" -%}
        {%- do roots.update({node.root_path: node.package_name == project_name}) -%}
    {%- endfor -%}
    {%- set answer = fromjson(run_query(
        "select carbonshed_check("
        ~ quoted_text(tojson(chosen)) ~ ", "
        ~ quoted_text(tojson({
            "nodes": selected_resources | length,
            "reads_store": reads_store,
            "roots": roots,
        })) ~ ")"
    ).columns[0].values()[0]) -%}
    {%- if answer.complaint -%}
        select error({{ quoted_text(answer.complaint) }})
    {%- else -%}
        {%- do say(answer.lines) -%}
    {%- endif -%}
{%- endmacro %}
