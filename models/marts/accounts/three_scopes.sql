{# Emissions that cities report: inside, for electricity from elsewhere, and all
   else elsewhere, once each; docs/methods.md, Three scopes. #}

{{ config(enabled=is_chosen('analyses')) }}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

deliveries_once as (

    select * from {{ ref('deliveries_once') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

grid_electricity as (

    select
        year,
        stressor_id,
        region_id,
        sum(made_elsewhere) as made_elsewhere,
        sum(emissions) as emissions
    from {{ ref('int_grid_electricity') }}
    group by 1, 2, 3

),

sectors as (

    select * from {{ ref('sectors') }}

),

footprints_with_imports as (

    select * from {{ ref('footprints_with_imports') }}

),

import_multipliers as (

    select * from {{ ref('import_multipliers') }}

),

import_intensities as (

    select * from {{ ref('int_import_intensities') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

has_power as (

    select count(*) > 0 as is_known
    from sectors
    where is_power_supply

),

delivered as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_id,
        sum(total_intensities.total_intensity * deliveries_once.amount)
            as embodied_in_deliveries
    from deliveries_once
    inner join intensities using (year, region_sector_id)
    inner join total_intensities using (year, stressor_id, region_sector_id)
    group by 1, 2, 3

),

-- products that chains behind deliveries buy outside the table
imported_products as (

    select
        deliveries_once.year,
        sector_output.region_id,
        import_multipliers.sector_id,
        sum(import_multipliers.multiplier * deliveries_once.amount) as amount
    from deliveries_once
    inner join import_multipliers using (year, region_sector_id)
    inner join sector_output using (year, region_sector_id)
    group by 1, 2, 3

),

imports_behind_deliveries as (

    select
        imported_products.year,
        import_intensities.stressor_id,
        imported_products.region_id,
        sum(import_intensities.intensity * imported_products.amount)
            as emissions
    from imported_products
    inner join import_intensities using (year, sector_id)
    where import_intensities.is_default_method
    group by 1, 2, 3

),

imports as (

    select
        footprints.year,
        footprints.stressor_id,
        footprints.region_id,
        footprints.imports_in_production
        + footprints.imports_of_final_users
        + coalesce(behind.emissions, 0) as emissions
    from footprints_with_imports as footprints
    left join imports_behind_deliveries as behind
        using (year, stressor_id, region_id)
    where footprints.is_default_method

),

elsewhere as (

    select
        accounts.*,
        delivered.embodied_in_deliveries,
        -- less what the region itself emits in the same chains
        delivered.embodied_in_deliveries
        - accounts.outflow_emissions
        - accounts.export_emissions as passing_through,
        case
            when has_power.is_known
                then coalesce(grid_electricity.made_elsewhere, 0)
        end as scope_2,
        case
            when has_power.is_known
                then coalesce(grid_electricity.emissions, 0)
        end as grid_electricity
    from accounts
    inner join stressors using (stressor_id)
    inner join delivered using (year, stressor_id, region_id)
    left join grid_electricity using (year, stressor_id, region_id)
    cross join has_power
    where stressors.is_mass

),

sums as (

    select
        *,
        inflow_emissions + passing_through - coalesce(scope_2, 0) as scope_3,
        production_emissions + inflow_emissions + passing_through
            as three_scope_total
    from elsewhere

),

three_scopes as (

    select
        sums.year,
        sums.stressor_id,
        sums.region_id,
        sums.production_emissions as scope_1,
        sums.scope_2,
        sums.scope_3,
        sums.three_scope_total,
        sums.inflow_emissions as for_own_final_demand,
        sums.passing_through,
        sums.embodied_in_deliveries,
        sums.grid_electricity,
        sums.scope_3 + imports.emissions as scope_3_with_imports,
        {{ safe_divide('sums.production_emissions', 'sums.population') }}
            as scope_1_per_capita,
        {{ safe_divide('sums.three_scope_total', 'sums.population') }}
            as three_scope_per_capita,
        case
            when sums.embodied_in_deliveries is null
                then
                    'too much of what is sold there comes back: without it,'
                    || ' other regions have no answer'
        end as scope_note,
        case
            when sums.consumption_footprint > 0
                then sums.passing_through / sums.consumption_footprint
        end as passing_over_footprint,
        sums.unit,
        sums.region_name
    from sums
    left join imports using (year, stressor_id, region_id)

)

select * from three_scopes
