{# A view: its one reader sums the years that it needs. #}

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
