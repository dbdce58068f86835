{# How much of all emissions crosses a border, in three readings, and how much
   of that goes from poor to rich; docs/methods.md, Trade. #}

-- depends_on: {{ ref('solves') }}

with

regional_accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

own_chain_output as (

    select * from {{ source('solve_store', 'own_chain_output') }}

),

leakage_flows as (

    select * from {{ ref('leakage_flows') }}

),

totals as (

    select
        regional_accounts.year,
        regional_accounts.stressor_id,
        sum(regional_accounts.local_emissions) as local_emissions,
        sum(regional_accounts.outflow_emissions) as outflow_emissions,
        sum(regional_accounts.export_emissions) as export_emissions
    from regional_accounts
    inner join stressors using (stressor_id)
    where stressors.is_mass
    group by 1, 2

),

-- chains that never leave a region, from first supplier to final user
own_chains as (

    select
        intensities.year,
        intensities.stressor_id,
        sum(intensities.direct_intensity * own_chain_output.output)
            as emissions
    from intensities
    inner join own_chain_output
        on
            intensities.year = own_chain_output.year
            and intensities.region_sector_id = own_chain_output.origin_id
    group by 1, 2

),

directions as (

    select
        year,
        stressor_id,
        sum(case when is_poor_to_rich then gross_flow else 0 end)
            as to_richer,
        -- NULL where no direction is known: no share then
        sum(case when is_poor_to_rich is not null then gross_flow end)
            as of_known_direction,
        sum(case when is_poor_to_rich is null then gross_flow else 0 end)
            as of_unknown_direction,
        -- each pair once, in the direction of its net flow
        sum(case when is_poor_to_rich and net_flow > 0 then net_flow else 0 end)
            as net_to_richer,
        sum(
            case
                when is_poor_to_rich is not null and net_flow > 0 then net_flow
            end
        ) as net_of_known_direction
    from leakage_flows
    group by 1, 2

),

leakage_summary as (

    select
        totals.year,
        totals.stressor_id,
        {{ safe_divide(
            'totals.outflow_emissions',
            'totals.local_emissions + totals.outflow_emissions'
        ) }} as interregional_share,
        {{ safe_divide(
            '(totals.outflow_emissions + totals.export_emissions)',
            'totals.local_emissions + totals.outflow_emissions'
            ~ ' + totals.export_emissions'
        ) }} as interregional_and_export_share,
        1 - {{ safe_divide(
            'coalesce(own_chains.emissions, 0)',
            'totals.local_emissions + totals.outflow_emissions'
        ) }} as supply_chain_share,
        {{ safe_divide(
            'directions.to_richer', 'directions.of_known_direction'
        ) }}
            as poor_to_rich_share,
        {{ safe_divide(
            'directions.of_unknown_direction', 'totals.outflow_emissions'
        ) }}
            as unknown_direction_share,
        {{ safe_divide(
            'directions.net_to_richer', 'directions.net_of_known_direction'
        ) }}
            as net_poor_to_rich_share,
        't' as unit
    from totals
    left join own_chains using (year, stressor_id)
    left join directions using (year, stressor_id)

)

select * from leakage_summary
