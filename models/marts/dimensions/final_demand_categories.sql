with

prepared as (

    select * from {{ ref('int_final_demand_categories') }}

),

final_demand_categories as (

    select
        category_id,
        category_name,
        category_group,
        category_position
    from prepared

)

select * from final_demand_categories
