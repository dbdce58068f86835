{#- Before anything runs: the dataset is there and its audit has no FAIL. -#}
{% macro check_dataset() -%}
    select case when complaint is not null then error(complaint) end
    from (
        select
            carbonshed_preflight(
                '{{ var("dataset", "synthetic") | string | replace("'", "''") }}'
            ) as complaint
    )
{%- endmacro %}
