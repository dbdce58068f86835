with

final_demand_categories as (

    select
        category_id,
        category_name,
        category_group,
        category_position
    from {{ ref('stg_final_demand_categories') }}

)

select * from final_demand_categories
