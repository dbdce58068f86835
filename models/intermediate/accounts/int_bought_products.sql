{# Every purchase that a footprint comes from: the total intensity of a product
   times what was spent on it; docs/methods.md, Accounts. A view, for the mart
   has these rows, all of them unless the var smallest_share is above 0. #}

{{ config(materialized="view") }}

with

final_demand as (

    select
        year,
        origin_id,
        region_id,
        sum(amount) as expenditure
    from {{ ref('stg_final_demand') }}
    group by 1, 2, 3

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

regions as (

    select * from {{ ref('regions') }}

),

products as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.unit,
        intensities.region_sector_id,
        intensities.region_id,
        intensities.sector_id,
        regions.region_name,
        coalesce(total_intensities.total_intensity, 0) as total_intensity
    from intensities
    inner join regions using (region_id)
    left join total_intensities using (year, stressor_id, region_sector_id)

),

int_bought_products as (

    select
        final_demand.year,
        products.stressor_id,
        final_demand.region_id,
        products.region_id as product_region_id,
        products.sector_id as product_sector_id,
        products.total_intensity * final_demand.expenditure as emissions,
        final_demand.expenditure,
        products.region_name as product_region_name,
        products.unit,
        regions.region_name
    from final_demand
    inner join products
        on
            final_demand.year = products.year
            and final_demand.origin_id = products.region_sector_id
    inner join regions on final_demand.region_id = regions.region_id
    -- a product without emissions still has its expenditure
    where final_demand.expenditure <> 0

)

select * from int_bought_products
