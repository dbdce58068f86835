{# The shipped scenario that sets most free, and what comes with it;
   docs/methods.md, Headlines. #}

with

quotas as (

    select * from {{ ref('quota_summary') }}

),

standards as (

    select * from {{ ref('living_standards') }}

),

-- quotas that are equal but for rounding are equal, and go by name
largest as (

    select
        year,
        stressor_id,
        max(case when not is_user_scenario then quota end) as quota,
        max(super_emitters) as super_emitters
    from quotas
    group by 1, 2

),

ambitions as (

    select
        quotas.*,
        row_number() over (
            partition by quotas.year, quotas.stressor_id
            order by quotas.scenario_id
        ) as ambition
    from quotas
    inner join largest using (year, stressor_id)
    where
        not quotas.is_user_scenario
        and not ({{ exceeds('largest.quota', 'quotas.quota') }})

),

-- rules under which incomes lie beyond the curve say nothing; of the others,
-- one unknown leaves the share unknown
receivers as (

    select
        ambitions.year,
        ambitions.stressor_id,
        case
            when count(standards.reaches_threshold) = count(*)
                then
                    {{ safe_divide(
                        'sum(case when standards.reaches_threshold'
                        ~ ' then 1 else 0 end)',
                        'count(*)'
                    ) }}
        end as reach_threshold,
        max(case when standards.reaches_threshold_before then 1 else 0 end) = 1
            as reaches_threshold_before,
        count(*) as allocation_rules
    from ambitions
    inner join standards using (year, stressor_id, scenario_id)
    where ambitions.ambition = 1 and standards.premise = 'holds'
    group by 1, 2

),

-- where a user has replaced every shipped scenario, there is none
largest_quotas as (

    select
        largest.year,
        largest.stressor_id,
        ambitions.scenario_id,
        ambitions.quota,
        ambitions.quota_uplift,
        largest.super_emitters,
        case
            when ambitions.premise = 'holds'
                then ambitions.receiver_population_share
        end as receiver_share,
        receivers.reach_threshold as receivers_reach_upper_middle,
        ambitions.scenario_name,
        ambitions.quota_uplift_note,
        ambitions.premise,
        ambitions.premise_note,
        cast(coalesce(receivers.allocation_rules, 0) as integer)
            as allocation_rules,
        receivers.reaches_threshold_before,
        ambitions.quota_share,
        ambitions.smallest_demand_factor,
        ambitions.receivers_above_givers,
        ambitions.lowest_giver_region_id,
        ambitions.lowest_giver_region_name,
        ambitions.lowest_giver_per_capita_after,
        ambitions.hardest_hit_region_id,
        ambitions.hardest_hit_region_name,
        't' as unit
    from largest
    left join ambitions
        on
            largest.year = ambitions.year
            and largest.stressor_id = ambitions.stressor_id
            and ambitions.ambition = 1
    left join receivers
        on
            largest.year = receivers.year
            and largest.stressor_id = receivers.stressor_id

)

select * from largest_quotas
