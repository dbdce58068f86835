-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'imports_by_product') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

imports_by_product as (

    select
        source.year,
        source.region_sector_id,
        regions.region_id,
        categories.category_id,
        sectors.sector_id,
        source.amount
    from source
    inner join sectors on source.product_position = sectors.sector_position
    inner join regions using (region_position)
    -- producers have no category
    left join categories using (category_position)

)

select * from imports_by_product
