{# What every receiver gets of the quota of each scenario and of each
   combination of choices, and what that may mean for its income;
   docs/methods.md, Living standards. Scenario quotas are added up here, not read
   from int_quota_totals, so that both can be made at the same time. #}

with

region_quotas as (

    select * from {{ ref('quota_by_region') }}

),

choice_quotas as (

    select * from {{ ref('quota_by_choice') }}

),

policy_choices as (

    select * from {{ ref('int_policy_choices') }}

),

receivers as (

    select * from {{ ref('int_quota_receivers') }}

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

allocation_rules as (

    select * from {{ ref('allocation_rules') }}

),

-- the receivers of a scenario are those of the rule in use
quotas as (

    select
        region_quotas.year,
        region_quotas.stressor_id,
        policy_choices.rule_id,
        region_quotas.scenario_id,
        sum(region_quotas.quota) as quota
    from region_quotas
    cross join policy_choices
    group by 1, 2, 3, 4

    union all by name

    select
        year,
        stressor_id,
        rule_id,
        benchmark_id,
        cap_id,
        includes_power_supply,
        quota
    from choice_quotas

),

cases as (

    select
        *,
        row_number() over (
            order by
                year,
                stressor_id,
                rule_id,
                scenario_id,
                benchmark_id,
                cap_id,
                includes_power_supply
        ) as case_number
    from quotas

),

-- without receivers a case still has its row of every rule, of no region. The
-- common level of water filling is the lowest that any number of receivers,
-- the smallest footprints first, would reach by themselves: leaving one out
-- that lies below it, or taking one in that lies above, both raise it
totals as (

    select
        cases.case_number,
        sum(receivers.population) as population,
        sum(receivers.footprint_gap) as footprint_gap,
        min(
            {{ safe_divide(
                '(cases.quota + receivers.covered_footprint)',
                'receivers.covered_population'
            ) }}
        ) as water_level
    from cases
    left join receivers using (year, stressor_id, rule_id)
    group by 1

),

allocated as (

    select
        cases.*,
        allocation_rules.allocation_rule,
        receivers.region_id,
        receivers.region_name,
        receivers.population,
        receivers.population_share,
        receivers.footprint_per_capita,
        receivers.gdp_per_capita as income_before,
        -- a quota that is not positive, or a gap of nobody, leaves nothing to
        -- steer by: then equally per person
        case
            when
                cases.quota > 0
                and allocation_rules.allocation_rule = 'gap_proportional'
                and totals.footprint_gap > 0
                then
                    receivers.footprint_gap
                    * least(
                        1,
                        {{ safe_divide('cases.quota', 'totals.footprint_gap') }}
                    )
                    + greatest(0, cases.quota - totals.footprint_gap)
                    * {{ safe_divide(
                        'receivers.population', 'totals.population'
                    ) }}
            when
                cases.quota > 0
                and allocation_rules.allocation_rule = 'water_filling'
                then
                    receivers.population
                    * greatest(
                        0, totals.water_level - receivers.footprint_per_capita
                    )
            else
                cases.quota
                * {{ safe_divide(
                    'receivers.population', 'totals.population'
                ) }}
        end as allocated_quota
    from cases
    inner join totals using (case_number)
    left join receivers using (year, stressor_id, rule_id)
    cross join allocation_rules

),

per_person as (

    select
        *,
        {{ safe_divide('allocated_quota', 'population') }}
            as allocated_per_capita,
        footprint_per_capita
        + {{ safe_divide('allocated_quota', 'population') }}
            as footprint_per_capita_after
    from allocated

),

grown as (

    select
        per_person.* exclude (case_number),
        income_curves.income_elasticity,
        {{ safe_divide('footprint_per_capita_after', 'footprint_per_capita') }}
            as growth
    from per_person
    left join income_curves using (year, stressor_id)

),

-- y' = y (cf' / cf)^(1 / eta); none where the curve does not rise, a footprint
-- is not positive, or the result is beyond a double
int_allocations as (

    select
        * exclude (income_elasticity, growth),
        case
            when
                not coalesce(
                    income_elasticity > cast(1e-9 as double)
                    and footprint_per_capita > 0
                    and footprint_per_capita_after > 0,
                    false
                )
                then null
            when income_before = 0 then income_before
            when
                income_before > 0
                and ln(income_before) + ln(growth) / income_elasticity < 700
                then income_before * power(growth, 1 / income_elasticity)
        end as income_after
    from grown

)

select * from int_allocations
