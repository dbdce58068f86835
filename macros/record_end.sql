{#- Statements that note how a run ended: what has passed, and what failed with dbt's
    message. -#}
{% macro record_end(results) -%}
    {%- set ingested = source("ingested", "dataset") -%}
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
        update main.nodes
        set has_passed = true
        where
            node in {{ passed }}
            -- nor does a run prove anything in which the dataset was ingested anew
            and (select dataset_id from main.last_run)
            = (select dataset_id from {{ ingested }});
    {%- endif -%}
    {%- for result in failed -%}
        insert into main.failures values (
            timestamp '{{ ended_at }}',
            {{ quoted_text(result.node.name) }},
            '{{ result.node.resource_type }}',
            {{ quoted_text(result.message or "") }}
        );
    {%- endfor -%}
    {% if flags.WHICH != "test" -%}
    update main.last_run
    set ended_at = timestamp '{{ ended_at }}';
    {% endif -%}
    {{ mark_estimates() }}
{%- endmacro %}
