{# The part of every producer's emissions that pays, and of those of final
   users; docs/methods.md, Price on emissions. Of several rows that fit, the one
   that names most counts. #}

with

carbon_prices as (

    select * from {{ ref('carbon_prices') }}

),

coverages as (

    select * from {{ ref('price_coverages') }}

),

own_prices as (

    select * from {{ ref('stg_carbon_prices') }}

),

-- not the file of the dataset, which what is published does without
region_sectors as (

    select distinct
        region_sector_id,
        region_id,
        sector_id
    from {{ ref('int_sector_output') }}

),

sectors as (

    select
        sector_id,
        sector_group,
        coalesce(is_power_supply, false) as is_power_supply
    from {{ ref('stg_sectors') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

-- any share does where nothing is paid
relative_prices as (

    select
        *,
        coalesce(
            price / nullif(max(price) over (partition by price_id), 0), 1
        ) as relative_price
    from own_prices

),

-- a key that is NULL means all
coverage_rows as (

    select
        coverage_id,
        cast(null as varchar) as region_id,
        cast(null as varchar) as sector_id,
        sector_group,
        is_power_supply,
        covered_share,
        case when covers_direct then 1 else 0 end as direct_share,
        1 as relative_price
    from coverages
    where
        coverage_id in (
            select coverage_id
            from carbon_prices
            where price_id not in (select price_id from own_prices)
        )

    union all

    select
        'own: ' || price_id as coverage_id,
        region_id,
        sector_id,
        cast(null as varchar) as sector_group,
        cast(null as boolean) as is_power_supply,
        covered_share,
        case when covers_direct then 1 else 0 end as direct_share,
        relative_price
    from relative_prices

),

keyed_rows as (

    select
        *,
        case when region_id is null then 0 else 1 end as region_keys,
        case when sector_id is null then 0 else 1 end
        + case when sector_group is null then 0 else 1 end
        + case when is_power_supply is null then 0 else 1 end as sector_keys
    from coverage_rows

),

of_producers as (

    select
        keyed_rows.coverage_id,
        region_sectors.region_sector_id,
        keyed_rows.covered_share,
        keyed_rows.relative_price,
        row_number() over (
            partition by
                keyed_rows.coverage_id, region_sectors.region_sector_id
            order by
                keyed_rows.region_keys + keyed_rows.sector_keys desc,
                keyed_rows.region_keys desc,
                keyed_rows.covered_share desc
        ) as preference
    from keyed_rows
    cross join region_sectors
    inner join sectors on region_sectors.sector_id = sectors.sector_id
    where
        region_sectors.region_id
        = coalesce(keyed_rows.region_id, region_sectors.region_id)
        and region_sectors.sector_id
        = coalesce(keyed_rows.sector_id, region_sectors.sector_id)
        and sectors.sector_group
        = coalesce(keyed_rows.sector_group, sectors.sector_group)
        and sectors.is_power_supply
        = coalesce(keyed_rows.is_power_supply, sectors.is_power_supply)

),

-- a row that names fewer sectors speaks for final users first
of_final_users as (

    select
        keyed_rows.coverage_id,
        regions.region_id,
        keyed_rows.direct_share,
        keyed_rows.relative_price,
        row_number() over (
            partition by keyed_rows.coverage_id, regions.region_id
            order by
                keyed_rows.sector_keys asc,
                keyed_rows.region_keys desc,
                keyed_rows.direct_share desc
        ) as preference
    from keyed_rows
    inner join regions
        on
            regions.region_id
            = coalesce(keyed_rows.region_id, regions.region_id)

),

coverage_ids as (

    select distinct coverage_id
    from coverage_rows

),

shares as (

    select
        coverage_ids.coverage_id,
        region_sectors.region_id,
        region_sectors.region_sector_id,
        coalesce(of_producers.covered_share, 0) as covered_share,
        coalesce(of_producers.relative_price, 0) as relative_price
    from coverage_ids
    cross join region_sectors
    left join of_producers
        on
            coverage_ids.coverage_id = of_producers.coverage_id
            and region_sectors.region_sector_id = of_producers.region_sector_id
            and of_producers.preference = 1

    union all

    select
        coverage_id,
        region_id,
        cast(null as integer) as region_sector_id,
        direct_share as covered_share,
        relative_price
    from of_final_users
    where preference = 1

),

int_price_coverages as (

    select
        coverage_id,
        region_id,
        region_sector_id,
        covered_share * relative_price as covered_share,
        case when relative_price > 0 then covered_share else 0 end
            as paying_share
    from shares

)

select * from int_price_coverages
