{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {%- set target_relation = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if model["language"] == "sql" -%}
        {%- call statement("main") -%}
            {{ drop_earlier() }}
            {{ create_table_as(False, target_relation, compiled_code) }}
        {%- endcall -%}
    {%- else -%}
        {#- Python may take minutes, outside a transaction: until it is whole, the table
            has another name -#}
        {%- set unnamed = make_intermediate_relation(target_relation) -%}
        {%- do drop_relation_if_exists(load_cached_relation(unnamed)) -%}
        {%- call statement("main", language="python") -%}
            {{ create_table_as(False, unnamed, compiled_code, "python") }}
        {%- endcall -%}
        {%- call statement("renamed") -%}
            {{ drop_earlier() }}
            alter table {{ unnamed }} rename to {{ adapter.quote(this.identifier) }}
        {%- endcall -%}
    {%- endif -%}

    {%- do create_indexes(target_relation) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
