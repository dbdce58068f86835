{#- Before anything runs: the dataset is there, its audit has no FAIL, and what was
    chosen by var can be chosen. A var of another name would be ignored by dbt, so
    the names that were given are checked too. -#}
{% macro check_dataset() -%}
    {%- set chosen = {} -%}
    {%- set given = invocation_args_dict.get("vars") or {} -%}
    {%- for name in (given | list) + known_vars() -%}
        {%- set value = var(name, none) -%}
        {%- do chosen.update(
            {name | string: none if value is none else value | string}
        ) -%}
    {%- endfor -%}
    select case when complaint is not null then error(complaint) end
    from (
        select
            carbonshed_check(
                {{ quoted_text(var("dataset", "synthetic") | string) }},
                {{ quoted_text(tojson(chosen)) }},
                {{ quoted_text(tojson(known_vars())) }}
            ) as complaint
    )
{%- endmacro %}
