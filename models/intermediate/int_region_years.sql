with

years as (

    select * from {{ ref('int_years') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

region_years as (

    select * from {{ source('ingested', 'region_years') }}

),

int_region_years as (

    select
        years.year,
        regions.region_id,
        regions.region_name,
        regions.parent_region_id,
        regions.region_type,
        region_years.population,
        region_years.gdp,
        {{ safe_divide('region_years.gdp', 'region_years.population') }}
            as gdp_per_capita,
        regions.is_ranked
    from years
    cross join regions
    left join region_years using (year, region_id)

)

select * from int_region_years
