{# The two reserved destinations have the positions that
   carbonshed/solve/relations.py gives them. #}

with

regions as (

    select * from {{ ref('stg_regions') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

demand_labels as (

    select
        regions.region_position,
        categories.category_position,
        regions.region_id,
        categories.category_id
    from regions
    cross join categories

    union all

    select
        -1 as region_position,
        -1 as category_position,
        'EXPORT' as region_id,
        'EXPORT' as category_id

    union all

    select
        -2 as region_position,
        -2 as category_position,
        'UNATTRIBUTED' as region_id,
        'UNATTRIBUTED' as category_id

)

select * from demand_labels
