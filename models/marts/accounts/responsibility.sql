{# Emissions that each region answers for, by six rules beside each other; one
   shares along chains, if it is asked for; docs/methods.md, Responsibility. #}

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

downstream_intensities as (

    select * from {{ ref('downstream_intensities') }}

),

output_multipliers as (

    select * from {{ ref('output_multipliers') }}

),

value_added_years as (

    select * from {{ ref('int_value_added_years') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

embodied_output as (

    select * from {{ ref('int_embodied_output_by_region') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

-- beyond purchases from producers, output costs value added, or another input:
-- imports, taxes and gaps of the table
inputs as (

    select
        intensities.year,
        intensities.region_sector_id,
        intensities.emissions as value_added,
        intensities.output * (1 - output_multipliers.direct_backward)
        - intensities.emissions as other_inputs
    from intensities
    inner join value_added_years using (year)
    inner join output_multipliers using (year, region_sector_id)
    where
        intensities.stressor_id = 'value_added'
        and not intensities.is_zero_output

),

enabled as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_id,
        sum(inputs.value_added * downstream.intensity) as by_value_added,
        sum(inputs.other_inputs * downstream.intensity) as by_other_inputs
    from downstream_intensities as downstream
    inner join inputs using (year, region_sector_id)
    inner join intensities using (year, stressor_id, region_sector_id)
    group by 1, 2, 3

),

-- output of a sector for the final demand of all other regions
outflows as (

    select
        embodied_output.year,
        origins.region_id,
        origins.sector_id,
        embodied_output.origin_id as region_sector_id,
        sum(embodied_output.output) as output
    from embodied_output
    inner join sector_output as origins
        on
            embodied_output.year = origins.year
            and embodied_output.origin_id = origins.region_sector_id
    inner join regions using (region_id)
    where embodied_output.region_position <> regions.region_position
    group by 1, 2, 3, 4

),

priced_outflows as (

    select
        outflows.year,
        intensities.stressor_id,
        outflows.region_id,
        outflows.output,
        {{ safe_divide(
            'sum(intensities.direct_intensity * outflows.output) over sellers',
            'sum(outflows.output) over sellers'
        ) }} as sector_intensity
    from outflows
    inner join intensities using (year, region_sector_id)
    inner join stressors using (stressor_id)
    where stressors.is_mass
    window sellers as (
        partition by
            outflows.year, intensities.stressor_id, outflows.sector_id
    )

),

credits as (

    select
        year,
        stressor_id,
        region_id,
        sum(coalesce(sector_intensity, 0) * output) as credit
    from priced_outflows
    group by 1, 2, 3

),

shared_intensities as (

    select * from {{ ref('value_added_shared_intensities') }}

),

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

purchases as (

    select
        year,
        origin_id as region_sector_id,
        region_id,
        sum(amount) as amount
    from final_demand
    group by 1, 2, 3

),

-- kept by producers, and passed on to final users
shares as (

    select
        shared.year,
        shared.stressor_id,
        sector_output.region_id,
        (1 - shared.passed_share) * shared.intensity * sector_output.output
            as emissions
    from shared_intensities as shared
    inner join sector_output using (year, region_sector_id)

    union all

    select
        shared.year,
        shared.stressor_id,
        purchases.region_id,
        shared.passed_share * shared.intensity * purchases.amount as emissions
    from shared_intensities as shared
    inner join purchases using (year, region_sector_id)

),

shared_sums as (

    select
        year,
        stressor_id,
        region_id,
        sum(emissions) as emissions
    from shares
    group by 1, 2, 3

),

responsibility as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        accounts.production_emissions,
        accounts.consumption_footprint,
        case
            when value_added_years.year is not null
                then
                    coalesce(enabled.by_value_added, 0)
                    + accounts.direct_emissions
        end as income_emissions,
        case
            when value_added_years.year is not null
                then coalesce(enabled.by_other_inputs, 0)
        end as income_other_inputs,
        (accounts.production_emissions + accounts.consumption_footprint) / 2
            as shared_emissions,
        shared_sums.emissions + accounts.direct_emissions
            as shared_by_value_added,
        accounts.consumption_footprint
        + accounts.outflow_emissions
        - coalesce(credits.credit, 0) as technology_adjusted_footprint,
        accounts.unit,
        accounts.region_name
    from accounts
    inner join stressors using (stressor_id)
    left join value_added_years using (year)
    left join enabled using (year, stressor_id, region_id)
    left join credits using (year, stressor_id, region_id)
    left join shared_sums using (year, stressor_id, region_id)
    where stressors.is_mass

)

select * from responsibility
