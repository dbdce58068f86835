{# Emissions that each scenario avoids, and every choice behind the number;
   docs/methods.md, Quota. #}

{%- set peak_projection = "'"
    ~ (var('peak_projection', none) or '') | string | replace("'", "''")
    ~ "'" %}

with

totals as (

    select * from {{ ref('int_quota_totals') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

scenario_demand as (

    select * from {{ ref('int_scenario_demand') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

projections as (

    select * from {{ ref('peak_projections') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

income_bands as (

    select * from {{ ref('int_income_bands') }}

),

receivers as (

    select * from {{ ref('int_quota_receivers') }}

),

standards as (

    select * from {{ ref('living_standards') }}

),

demand as (

    select
        year,
        stressor_id,
        scenario_id,
        count(*) as changed_cells,
        min(least(demand_factor, direct_factor)) as smallest_demand_factor
    from scenario_demand
    group by 1, 2, 3

),

-- a projection that a var names goes before the default of its country and
-- stressor; others keep theirs
country_projections as (

    select
        projections.*,
        row_number() over (
            partition by projections.stressor_id
            order by
                case
                    when projections.projection_id = {{ peak_projection }}
                        then 0
                    when projections.is_default then 1
                    else 2
                end
        ) as preference
    from projections
    inner join dataset using (country)

),

-- before anything is allocated
found as (

    select
        totals.year,
        totals.stressor_id,
        totals.scenario_id,
        sum(receivers.population_share) as receiver_population_share,
        sum(
            case
                when
                    {{ exceeds(
                        'receivers.footprint_per_capita',
                        'totals.smallest_left_per_capita'
                    ) }}
                    then 1
                else 0
            end
        ) as receivers_above_givers
    from totals
    inner join receivers
        on
            totals.year = receivers.year
            and totals.stressor_id = receivers.stressor_id
            and receivers.is_default_rule
    group by 1, 2, 3

),

-- under one allocation rule the curve may hold what it does not under another
stretched as (

    select
        year,
        stressor_id,
        scenario_id,
        count(
            case when not (is_extrapolated or is_income_extrapolated) then 1 end
        ) = 0 as is_extrapolated
    from standards
    group by 1, 2, 3

),

joined as (

    select
        totals.year,
        totals.stressor_id,
        totals.scenario_id,
        totals.quota,
        totals.national_emissions,
        {{ safe_divide('totals.quota', 'totals.national_emissions') }}
            as quota_share,
        projections.emissions - totals.national_emissions as projected_quota,
        -- where a cell is left alone, its factor of 1 counts too
        case
            when
                demand.changed_cells
                = totals.regions * (select count(*) from categories)
                then demand.smallest_demand_factor
            else least(1, coalesce(demand.smallest_demand_factor, 1))
        end as smallest_demand_factor,
        scenarios.scenario_name,
        choices.rule_id,
        totals.super_emitters,
        scenarios.benchmark_id,
        scenarios.cap_id,
        projections.projection_id,
        projections.emissions as peak_emissions,
        projections.peak_year,
        choices.receivers_share,
        coalesce(found.receiver_population_share, 0)
            as receiver_population_share,
        income_bands.income_year,
        income_bands.currency_per_usd,
        dataset.country,
        scenarios.includes_power_supply,
        totals.is_user_scenario,
        totals.smallest_left_per_capita,
        totals.smallest_giver,
        {{ premise(
            'coalesce(found.receiver_population_share, 0)',
            'choices.receivers_share',
            'stretched.is_extrapolated',
            'totals.is_user_scenario'
        ) }} as premise,
        coalesce(found.receivers_above_givers, 0)
            as receivers_above_givers
    from totals
    inner join scenarios using (scenario_id)
    inner join income_bands using (year)
    cross join dataset
    cross join choices
    left join demand using (year, stressor_id, scenario_id)
    left join found using (year, stressor_id, scenario_id)
    left join stretched using (year, stressor_id, scenario_id)
    left join country_projections as projections
        on
            totals.stressor_id = projections.stressor_id
            and projections.preference = 1

),

quota_summary as (

    select
        year,
        stressor_id,
        scenario_id,
        quota,
        national_emissions,
        quota_share,
        projected_quota,
        case
            when projected_quota > 0 then quota / projected_quota
        end as quota_uplift,
        cast(smallest_demand_factor as double) as smallest_demand_factor,
        scenario_name,
        rule_id,
        cast(super_emitters as integer) as super_emitters,
        benchmark_id,
        cap_id,
        projection_id,
        peak_emissions,
        cast(peak_year as integer) as peak_year,
        {{ quota_uplift_note() }} as quota_uplift_note,
        receivers_share,
        receiver_population_share,
        income_year,
        currency_per_usd,
        includes_power_supply,
        is_user_scenario,
        premise,
        cast(receivers_above_givers as integer) as receivers_above_givers,
        {{ premise_note(
            'premise', 'receiver_population_share', 'receivers_share'
        ) }} as premise_note,
        smallest_left_per_capita,
        smallest_giver,
        {{ across_countries_note() }} as across_countries_note,
        't' as unit
    from joined

)

select * from quota_summary
