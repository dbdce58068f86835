{# Emissions that each scenario avoids, and every choice behind the number;
   docs/methods.md, Quota. #}

with

totals as (

    select * from {{ ref('int_quota_totals') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

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

incomes as (

    select * from {{ ref('int_receiver_incomes') }}
    where scenario_id is not null

),

premises as (

    select * from {{ ref('int_premises') }}

),

allocations as (

    select * from {{ ref('int_allocations') }}

),

regions as (

    select * from {{ ref('regions') }}

),

-- under one allocation rule incomes may lie within the curve, under another
-- beyond it: no other premise differs between them. Rules of which the premise
-- fails tell nothing about incomes; of the others, one unknown income leaves
-- the share unknown
outcomes as (

    select
        year,
        stressor_id,
        scenario_id,
        max(receiver_population_share) as receiver_population_share,
        coalesce(
            max(premise) filter (where premise <> 'income_extrapolated'),
            'income_extrapolated'
        ) as premise,
        cast(count(*) filter (where premise = 'holds') as integer)
            as allocation_rules,
        case
            when bool_and(reaches_threshold is not null or premise <> 'holds')
                then
                    {{ safe_divide(
                        "count(*) filter ("
                        ~ "where premise = 'holds' and reaches_threshold)",
                        "count(*) filter (where premise = 'holds')"
                    ) }}
        end as receivers_reach_upper_middle,
        bool_or(reaches_threshold_before) filter (where premise = 'holds')
            as reaches_threshold_before
    from incomes
    group by 1, 2, 3

),

-- incomes are shown under these; where they are under none, all are meant
shown_rules as (

    select
        year,
        stressor_id,
        scenario_id,
        allocation_rule
    from incomes
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
        count(distinct allocations.region_id) as receivers
    from totals
    inner join allocations using (year, stressor_id, scenario_id)
    inner join shown_rules
        using (year, stressor_id, scenario_id, allocation_rule)
    where
        {{ exceeds(
            'allocations.footprint_per_capita_after',
            'allocations.footprint_per_capita'
        ) }}
        and {{ exceeds(
            'allocations.footprint_per_capita',
            'totals.lowest_giver_per_capita_after'
        ) }}
    group by 1, 2, 3

),

joined as (

    select
        totals.* exclude (regions),
        scenarios.* exclude (year, scenario_id, is_user_scenario),
        outcomes.* exclude (year, stressor_id, scenario_id),
        choices.rule_id,
        choices.receivers_share,
        premises.country,
        premises.footprints,
        premises.published,
        premises.distinct_ratios,
        premises.compared_sectors,
        case
            when scenarios.benchmarks = 'none' then 'holds'
            else premises.producer_premise
        end as producer_premise,
        income_bands.income_year,
        income_bands.currency_per_usd,
        regions.region_name as hardest_hit_region_name,
        projections.projection_id,
        projections.emissions as peak_emissions,
        cast(projections.peak_year as integer) as peak_year,
        projections.emissions - totals.national_emissions as projected_quota,
        {{ safe_divide('totals.quota', 'totals.national_emissions') }}
            as quota_share,
        cast(coalesce(above_givers.receivers, 0) as integer)
            as receivers_above_givers,
        max(case when not totals.is_user_scenario then totals.quota end) over (
            partition by totals.year, totals.stressor_id
        ) as largest_quota
    from totals
    inner join scenarios using (year, scenario_id)
    inner join income_bands using (year)
    inner join premises using (year, stressor_id)
    cross join choices
    inner join outcomes using (year, stressor_id, scenario_id)
    left join above_givers using (year, stressor_id, scenario_id)
    left join regions
        on totals.hardest_hit_region_id = regions.region_id
    left join projections
        on
            totals.stressor_id = projections.stressor_id
            and projections.is_in_use

),

quota_summary as (

    select
        * exclude (
            country,
            footprints,
            published,
            distinct_ratios,
            compared_sectors,
            largest_quota
        )
        -- a user's scenario names who acts, and who receives is not its choice
        replace (
            {% for column in [
                'rule_id',
                'super_emitters',
                'receivers_share',
                'receiver_population_share',
                'receivers_above_givers',
            ] -%}
                case when not is_user_scenario then {{ column }} end
                    as {{ column }}{{ ',' if not loop.last }}
            {% endfor -%}
        ),
        't' as unit,
        case
            when projected_quota > 0 then quota / projected_quota
        end as quota_uplift,
        {{ sentence(
            "case when joined.projection_id is null then 'quota_uplift_unknown'"
            ~ " when joined.projected_quota <= 0 then 'quota_uplift_past_peak'"
            ~ " end",
            'joined'
        ) }} as quota_uplift_note,
        {{ sentence("'premise_' || joined.premise", 'joined') }}
            as premise_note,
        {{ sentence(
            "case joined.producer_premise"
            ~ " when 'few_totals' then 'producers_few_totals'"
            ~ " when 'national_intensities' then 'producers_national_intensities'"
            ~ " end",
            'joined'
        ) }} as producer_premise_note,
        {{ sentence(
            "case when joined.country = 'WLD' then 'across_countries' end",
            'joined'
        ) }} as across_countries_note,
        -- quotas that are equal but for rounding are equal, and go by name
        not is_user_scenario
        and row_number() over (
            partition by year, stressor_id
            order by
                is_user_scenario or {{ exceeds('largest_quota', 'quota') }},
                scenario_id
        ) = 1 as is_largest
    from joined

)

select * from quota_summary
