{#- Column comments carry the unit: a BI tool shows the comment, not dbt's meta. The
    name is dbt-duckdb's; dbt takes a project's macro before the adapter's. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {%- for name, column in column_dict.items() -%}
        {%- set meta = (column.get("config") or {}).get("meta")
            or column.get("meta") or {} -%}
        {%- set words = (column["description"] or "").split() -%}
        {%- if meta.get("unit") -%}
            {%- do words.append("[unit: " ~ meta["unit"] ~ "]") -%}
        {%- endif -%}
        comment on column {{ relation }}.{{ adapter.quote(name) }}
            is {{ duckdb_escape_comment(words | join(" ")) }};
    {%- endfor -%}
{% endmacro %}
