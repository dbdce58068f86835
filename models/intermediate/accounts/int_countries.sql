{# The country that a region is, or is a part of; docs/compare.md. #}

with

regions as (

    select * from {{ ref('stg_regions') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

-- each region of a world table is a country, or a part of one that is split; a
-- table of one country is that country, all regions together, but for the world
-- around it
membership as (

    select
        regions.region_id,
        regions.region_name,
        case
            when dataset.country <> 'WLD' then dataset.country
            when
                regions.region_type in ('country', 'rest_of_world')
                -- beside its parent a region is no part of it
                or wholes.region_id is not null
                then regions.region_id
            else coalesce(regions.parent_region_id, regions.region_id)
        end as country_id,
        dataset.country = 'WLD' as is_of_the_world
    from regions
    cross join dataset
    left join regions as wholes
        on regions.parent_region_id = wholes.region_id
    where
        dataset.country = 'WLD' or regions.region_type <> 'rest_of_world'

),

int_countries as (

    select
        region_id,
        country_id,
        case
            when is_of_the_world and country_id = region_id then region_name
            else country_id
        end as country_name,
        is_of_the_world
    from membership

)

select * from int_countries
