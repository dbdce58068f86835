{# Categories are summed once, before any product with an intensity: a fifth of
   the rows of embodied_output in the default dataset. A view, for its few
   readers. #}

{{ config(materialized="view") }}

with

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

int_embodied_output_by_region as (

    select
        year,
        origin_id,
        region_position,
        sum(output) as output
    from embodied_output
    -- positions below 0 are no regions of the table
    where region_position >= 0
    group by 1, 2, 3

)

select * from int_embodied_output_by_region
