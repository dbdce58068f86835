{#- A statement that fails if the dataset was ingested anew since the run began: what was
    built before then belongs to the other one. -#}
{% macro refuse_another_ingest() -%}
    {%- set name = target.database -%}
    select error({{ quoted_text(
        "dataset " ~ name ~ " was ingested anew while it was being built: nothing of this"
        ~ " build is published, and the publication is unchanged. Build it again:"
        ~ " dbt build --vars 'dataset: " ~ name ~ "'"
    ) }})
    from {{ ref("stg_dataset") }} as ingested
    cross join main.last_run as runs
    where ingested.dataset_id is distinct from runs.dataset_id
{%- endmacro %}
