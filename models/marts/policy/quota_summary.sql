{# Emissions that each scenario avoids, and every choice behind the number;
   docs/methods.md, Quota. #}

with

totals as (

    select * from {{ ref('int_quota_totals') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

cuts as (

    select * from {{ ref('int_demand_cuts') }}

),

limits as (

    select * from {{ ref('int_scenario_limits') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

projections as (

    select * from {{ ref('int_peak_projections') }}

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

above_givers as (

    select * from {{ ref('int_receivers_above_givers') }}

),

premises as (

    select * from {{ ref('int_premises') }}

),

found_shares as (

    select
        year,
        stressor_id,
        sum(population_share) as receiver_population_share
    from receivers
    where is_default_rule
    group by 1, 2

),

-- under one allocation rule the curve may hold what it does not under another
stretched as (

    select
        year,
        stressor_id,
        scenario_id,
        bool_and(is_extrapolated or is_income_extrapolated) as is_extrapolated
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
                cuts.changed_cells
                = totals.regions * (select count(*) from categories)
                then cuts.smallest_demand_factor
            else least(1, coalesce(cuts.smallest_demand_factor, 1))
        end as smallest_demand_factor,
        scenarios.scenario_name,
        choices.rule_id,
        totals.super_emitters,
        scenarios.benchmark_id,
        scenarios.cap_id,
        coalesce(limits.benchmarks, 'none') as benchmarks,
        coalesce(limits.caps, 'none') as caps,
        projections.projection_id,
        projections.emissions as peak_emissions,
        projections.peak_year,
        choices.receivers_share,
        coalesce(found_shares.receiver_population_share, 0)
            as receiver_population_share,
        income_bands.income_year,
        income_bands.currency_per_usd,
        premises.country,
        scenarios.includes_power_supply,
        totals.is_user_scenario,
        totals.lowest_giver_region_id,
        totals.lowest_giver_region_name,
        totals.lowest_giver_per_capita_after,
        cuts.hardest_hit_region_id,
        cuts.hardest_hit_region_name,
        premises.footprints,
        premises.published,
        {{ premise(
            'premises.country',
            'premises.is_incomplete',
            'coalesce(found_shares.receiver_population_share, 0)',
            'choices.receivers_share',
            'stretched.is_extrapolated',
            'totals.is_user_scenario',
            'premises.is_one_structure'
        ) }} as premise,
        coalesce(above_givers.receivers, 0) as receivers_above_givers
    from totals
    inner join scenarios using (scenario_id)
    inner join income_bands using (year)
    inner join premises using (year, stressor_id)
    cross join choices
    left join cuts using (year, stressor_id, scenario_id)
    left join limits using (year, scenario_id)
    left join found_shares using (year, stressor_id)
    left join stretched using (year, stressor_id, scenario_id)
    left join above_givers using (year, stressor_id, scenario_id)
    left join projections using (stressor_id)

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
        case
            when projection_id is null
                then
                    'no peak projection of ' || stressor_id || ' for '
                    || country || ' in the seed peak_projections'
            when projected_quota <= 0
                then
                    'emissions are at or above the projected peak: there is '
                    || 'no projected quota to compare with'
        end as quota_uplift_note,
        receivers_share,
        receiver_population_share,
        income_year,
        currency_per_usd,
        includes_power_supply,
        is_user_scenario,
        premise,
        cast(receivers_above_givers as integer) as receivers_above_givers,
        {{ premise_note(
            'premise',
            'receiver_population_share',
            'receivers_share',
            'footprints',
            'published'
        ) }} as premise_note,
        lowest_giver_region_id,
        lowest_giver_region_name,
        lowest_giver_per_capita_after,
        hardest_hit_region_id,
        hardest_hit_region_name,
        {{ across_countries_note('country') }} as across_countries_note,
        't' as unit,
        benchmarks,
        caps
    from joined

)

select * from quota_summary
