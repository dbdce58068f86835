{#- All comments of a table in one statement. dbt asks the database for the columns
    twice and sends table and columns apart, a third of what a small model costs. A
    contract has compared the columns already; else one that is documented and not
    there is warned about, as by dbt. The name makes dbt take this macro. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set comments = [] -%}
    {%- if for_relation and config.persist_relation_docs()
        and model.description -%}
        {%- do comments.append(
            alter_relation_comment(relation, model.description)
        ) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() and model.columns -%}
        {%- set documented = model.columns -%}
        {%- if not config.get("contract").enforced -%}
            {#- a query tells its columns without a table of results -#}
            {%- set existing = adapter.get_column_schema_from_query("from " ~ relation)
                | map(attribute="name") | list -%}
            {%- set documented = validate_doc_columns(
                relation, model.columns, existing
            ) -%}
        {%- endif -%}
        {%- do comments.append(alter_column_comment(relation, documented)) -%}
    {%- endif -%}
    {%- if comments -%}
        {%- call statement("comments") -%}{{ comments | join }}{%- endcall -%}
    {%- endif -%}
{%- endmacro %}
