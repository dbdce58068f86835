{#- A table that is not there yet is created under its own name, as dbt-duckdb does with
    tables that have foreign keys: a renaming costs as much of dbt's time as a test.
    The name makes dbt take this macro. -#}
{% macro has_foreign_key_constraints(relation=none) -%}
    {{ return(relation is none or dbt.has_foreign_key_constraints(relation)) }}
{%- endmacro %}
