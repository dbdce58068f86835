{# The price index of what a region-sector sells, in the years that are
   compared; 1 where the dataset has none. #}

with

pairs as (

    select * from {{ ref('int_year_pairs') }}

),

region_sectors as (

    select * from {{ source('ingested', 'region_sectors') }}

),

deflators as (

    select * from {{ ref('stg_deflators') }}

),

years as (

    select year
    from pairs

    union

    select base_year as year
    from pairs

),

-- a key that is NULL means all: a row of the region comes before one of all,
-- then one of the sector, then one of the year
candidates as (

    select
        years.year,
        region_sectors.region_sector_id,
        deflators.price_index,
        row_number() over (
            partition by years.year, region_sectors.region_sector_id
            order by
                case when deflators.region_id is null then 1 else 0 end,
                case when deflators.sector_id is null then 1 else 0 end,
                case when deflators.year is null then 1 else 0 end
        ) as preference
    from deflators
    inner join years on years.year = coalesce(deflators.year, years.year)
    inner join region_sectors
        on
            region_sectors.region_id
            = coalesce(deflators.region_id, region_sectors.region_id)
            and region_sectors.sector_id
            = coalesce(deflators.sector_id, region_sectors.sector_id)

),

int_prices as (

    select
        years.year,
        region_sectors.region_sector_id,
        region_sectors.sector_id,
        coalesce(candidates.price_index, 1) as price_index
    from years
    cross join region_sectors
    left join candidates
        on
            years.year = candidates.year
            and region_sectors.region_sector_id = candidates.region_sector_id
            and candidates.preference = 1

)

select * from int_prices
