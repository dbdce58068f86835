with

final_demand as (

    select * from {{ source('ingested', 'final_demand') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_final_demand as (

    select
        final_demand.year,
        final_demand.origin_id,
        final_demand.region_id,
        final_demand.category_id,
        final_demand.value * dataset.currency_unit as amount
    from final_demand
    cross join dataset

)

select * from stg_final_demand
