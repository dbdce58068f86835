with

staged as (

    select * from {{ ref('stg_final_demand_categories') }}

),

int_final_demand_categories as (

    select
        category_id,
        category_name,
        category_group,
        category_position
    from staged

)

select * from int_final_demand_categories
