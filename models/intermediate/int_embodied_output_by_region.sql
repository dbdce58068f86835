{# Categories summed once, before any product with an intensity: a fifth of the
   rows of embodied_output in the default dataset. A view: its one reader sums the years
   that it needs. #}

{{ config(materialized="view") }}

with

embodied_output as (

    select * from {{ ref('embodied_output') }}

),

int_embodied_output_by_region as (

    select
        year,
        origin_id,
        region_id,
        sum(output) as output
    from embodied_output
    where region_id not in ('EXPORT', 'UNATTRIBUTED')
    group by 1, 2, 3

)

select * from int_embodied_output_by_region
