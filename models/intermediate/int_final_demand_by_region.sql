{# A view, for its one reader. #}

{{ config(materialized="view") }}

with

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

int_final_demand_by_region as (

    select
        year,
        origin_id,
        region_id,
        sum(amount) as expenditure
    from final_demand
    group by 1, 2, 3

)

select * from int_final_demand_by_region
