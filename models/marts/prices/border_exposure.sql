{# The cost of a charge at the border of a zone to those who deliver to it;
   docs/methods.md, Charge at a border. Goods that go through another region are
   charged there if they go on to the zone. #}

{{ config(enabled=is_chosen('analyses')) }}

with

sellers as (

    select * from {{ ref('int_border_sellers') }}

),

charged_parts as (

    select * from {{ ref('charged_parts') }}

),

transactions as (

    select * from {{ ref('stg_transactions') }}

),

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

exports as (

    select * from {{ ref('stg_exports') }}

),

intensities as (

    select intensities.*
    from {{ ref('int_intensities') }} as intensities
    inner join {{ ref('int_stressors') }} as stressors using (stressor_id)
    where stressors.is_priced

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

regions as (

    select * from {{ ref('regions') }}

),

zones as (

    select
        charge_id,
        id as region_id
    from {{ ref('stg_border_charges') }}
    where kind = 'zone'

),

cells as (

    select
        region_sectors.region_sector_id,
        region_sectors.region_id,
        sectors.is_power_supply,
        exists(
            select 1
            from sellers
            where sellers.region_sector_id = region_sectors.region_sector_id
        ) as is_seller
    from {{ source('ingested', 'region_sectors') }} as region_sectors
    inner join {{ ref('stg_sectors') }} as sectors using (sector_id)

),

all_sales as (

    select
        transactions.year,
        zones.charge_id,
        transactions.origin_id as region_sector_id,
        transactions.amount
    from transactions
    inner join cells as origins
        on transactions.origin_id = origins.region_sector_id
    inner join cells as destinations
        on transactions.destination_id = destinations.region_sector_id
    inner join zones on destinations.region_id = zones.region_id
    where origins.is_seller

    union all

    select
        final_demand.year,
        zones.charge_id,
        final_demand.origin_id as region_sector_id,
        final_demand.amount
    from final_demand
    inner join zones using (region_id)

    union all

    select
        exports.year,
        sellers.charge_id,
        exports.region_sector_id,
        sellers.export_share * exports.amount as amount
    from exports
    inner join sellers using (region_sector_id)

),

deliveries as (

    select
        all_sales.year,
        sellers.charge_id,
        sellers.region_sector_id,
        sellers.net_price,
        sum(all_sales.amount) as deliveries
    from all_sales
    inner join sellers using (charge_id, region_sector_id)
    group by 1, 2, 3, 4
    -- stocks that fall take goods back; a rest of rounding is nothing
    having
        sum(all_sales.amount)
        > cast(1e-12 as double) * sum(abs(all_sales.amount))

),

electricity as (

    select * from {{ ref('int_grid_electricity') }}

),

embedded as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.unit,
        intensities.region_sector_id,
        intensities.region_id,
        intensities.sector_id,
        intensities.direct_intensity,
        intensities.direct_intensity
        + case
            when intensities.is_zero_output or cells.is_power_supply
                then 0
            else coalesce(electricity.emissions, 0) / intensities.output
        end as with_electricity,
        coalesce(total_intensities.total_intensity, 0) as total_intensity
    from intensities
    inner join cells using (region_sector_id)
    left join electricity using (year, stressor_id, region_sector_id)
    left join total_intensities using (year, stressor_id, region_sector_id)

),

charged as (

    select
        deliveries.year,
        embedded.stressor_id,
        embedded.unit,
        deliveries.charge_id,
        charged_parts.scope_id,
        charged_parts.is_default,
        embedded.region_id,
        embedded.sector_id,
        deliveries.net_price,
        deliveries.deliveries,
        deliveries.deliveries
        * case charged_parts.scope_id
            when 'direct' then embedded.direct_intensity
            when 'direct_and_electricity' then embedded.with_electricity
            when 'total' then embedded.total_intensity
        end as charged_emissions
    from deliveries
    inner join embedded using (year, region_sector_id)
    cross join charged_parts
    where
        charged_parts.scope_id <> 'direct_and_electricity'
        or exists (
            select 1
            from cells
            where cells.is_power_supply
        )

),

border_exposure as (

    select
        charged.year,
        charged.stressor_id,
        charged.charge_id,
        charged.scope_id,
        charged.region_id,
        charged.sector_id,
        charged.deliveries,
        charged.charged_emissions,
        charged.net_price,
        charged.charged_emissions * charged.net_price as charge,
        charged.charged_emissions * charged.net_price / charged.deliveries
            as charge_share,
        charged.is_default as is_default_scope,
        charged.unit,
        regions.region_name
    from charged
    inner join regions using (region_id)

)

select * from border_exposure
