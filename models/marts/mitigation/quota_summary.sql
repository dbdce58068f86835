{# Emissions that each scenario avoids, and every choice behind the number;
   docs/methods.md, Quota. #}

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

limits as (

    select * from {{ ref('int_scenario_limits') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

dataset as (

    select * from {{ ref('dataset') }}

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

allocation as (

    select * from {{ ref('quota_allocation') }}

),

regions as (

    select * from {{ ref('regions') }}

),

gaps as (

    select * from {{ ref('int_footprint_gaps') }}

),

structures as (

    -- one region alone is not set apart from others, and has no receivers
    select
        year,
        count(*) > 1 and count(industry_type) = 0 as is_one_structure
    from {{ ref('int_industry_types') }}
    group by 1

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

-- who buys least of what it bought; of equals, but for rounding, the first
hardest_hit as (

    select
        scenario_demand.year,
        scenario_demand.stressor_id,
        scenario_demand.scenario_id,
        min(scenario_demand.region_id) as region_id
    from scenario_demand
    inner join demand using (year, stressor_id, scenario_id)
    where
        demand.smallest_demand_factor < 1
        and not ({{ exceeds(
            'least(scenario_demand.demand_factor,'
            ~ ' scenario_demand.direct_factor)',
            'demand.smallest_demand_factor'
        ) }})
    group by 1, 2, 3

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

-- incomes are shown under these; where they are under none, all are meant
shown_rules as (

    select
        year,
        stressor_id,
        scenario_id,
        allocation_rule
    from standards
    qualify
        premise = 'holds'
        or not bool_or(premise = 'holds') over (
            partition by year, stressor_id, scenario_id
        )

),

-- before anything is allocated; who is allocated nothing receives nothing
above_givers as (

    select
        totals.year,
        totals.stressor_id,
        totals.scenario_id,
        count(distinct allocation.region_id) as receivers
    from totals
    inner join allocation using (year, stressor_id, scenario_id)
    inner join shown_rules
        using (year, stressor_id, scenario_id, allocation_rule)
    where
        {{ exceeds(
            'allocation.footprint_per_capita_after',
            '(allocation.footprint_per_capita_after'
            ~ ' - allocation.allocated_per_capita)'
        ) }}
        and {{ exceeds(
            '(allocation.footprint_per_capita_after'
            ~ ' - allocation.allocated_per_capita)',
            'totals.lowest_giver_per_capita_after'
        ) }}
    group by 1, 2, 3

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
        dataset.country,
        scenarios.includes_power_supply,
        totals.is_user_scenario,
        totals.lowest_giver_region_id,
        totals.lowest_giver_region_name,
        totals.lowest_giver_per_capita_after,
        hardest_hit.region_id as hardest_hit_region_id,
        regions.region_name as hardest_hit_region_name,
        gaps.footprints,
        gaps.published,
        {{ premise(
            'dataset.country',
            'coalesce(gaps.is_incomplete, false)',
            'coalesce(found_shares.receiver_population_share, 0)',
            'choices.receivers_share',
            'stretched.is_extrapolated',
            'totals.is_user_scenario',
            'structures.is_one_structure'
        ) }} as premise,
        coalesce(above_givers.receivers, 0) as receivers_above_givers
    from totals
    inner join scenarios using (scenario_id)
    inner join income_bands using (year)
    left join structures using (year)
    cross join dataset
    cross join choices
    left join demand using (year, stressor_id, scenario_id)
    left join hardest_hit using (year, stressor_id, scenario_id)
    left join regions on hardest_hit.region_id = regions.region_id
    left join gaps using (year, stressor_id)
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
