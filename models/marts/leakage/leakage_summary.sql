{# How much of all emissions crosses a border, in three readings, and how much
   of that goes from poor to rich; docs/methods.md, Leakage. #}

with

regional_accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

own_chain_emissions as (

    select * from {{ ref('int_own_chain_emissions') }}

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

own_chains as (

    select
        year,
        stressor_id,
        sum(emissions) as emissions
    from own_chain_emissions
    group by 1, 2

),

poor_to_rich as (

    select
        year,
        stressor_id,
        sum(gross_flow) as emissions
    from leakage_flows
    where is_poor_to_rich
    group by 1, 2

),

years_with_gdp as (

    select
        year,
        count(gdp_per_capita) as regions_with_gdp
    from region_years
    group by 1

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
        case
            when years_with_gdp.regions_with_gdp > 0
                then {{ safe_divide(
                    'coalesce(poor_to_rich.emissions, 0)',
                    'totals.outflow_emissions'
                ) }}
        end as poor_to_rich_share
    from totals
    inner join years_with_gdp using (year)
    left join own_chains using (year, stressor_id)
    left join poor_to_rich using (year, stressor_id)

)

select * from leakage_summary
