{#- Statements that note how a run ended: what has passed is outstanding no more, and what
    failed is kept with dbt's message. -#}
{% macro record_end(results) -%}
    {#- without results it was refused before it began, and nothing has changed -#}
    {%- if not execute or not results -%}
        {{ return("") }}
    {%- endif -%}
    {%- set ended_at = modules.datetime.datetime.utcnow() -%}
    {%- set passed = [] -%}
    {%- set failed = [] -%}
    {%- for result in results -%}
        {%- if result.status in ["success", "pass", "warn"] -%}
            {%- do passed.append(result.node.unique_id) -%}
        {%- elif result.status not in ["skipped", "no-op"] -%}
            {%- do failed.append(result) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- a sample of the rows proves nothing of the others -#}
    {%- if passed and not (flags.EMPTY or flags.SAMPLE) -%}
        delete from main.outstanding_nodes where node in {{ passed }};
    {%- endif -%}
    {%- for result in failed -%}
        insert into main.failures values (
            timestamp '{{ ended_at }}',
            {{ dbt.string_literal(dbt.escape_single_quotes(result.node.name)) }},
            '{{ result.node.resource_type }}',
            {{ dbt.string_literal(dbt.escape_single_quotes(result.message or "")) }}
        );
    {%- endfor -%}
    {% if flags.WHICH != "test" -%}
    update main.last_run
    set
        ended_at = timestamp '{{ ended_at }}',
        outcome = '{{ "failed" if failed else "passed" }}';
    {% endif -%}
    {{ mark_synthetic() }}
{%- endmacro %}
