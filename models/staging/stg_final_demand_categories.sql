with

source as (

    select * from {{ source('ingested', 'final_demand_categories') }}

),

stg_final_demand_categories as (

    select
        category_id,
        category_name,
        category_group,
        category_position
    from source

)

select * from stg_final_demand_categories
