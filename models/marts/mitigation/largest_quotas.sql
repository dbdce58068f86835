{# The scenario that sets most free, and what comes with it; docs/methods.md,
   Headlines. #}

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
        max(quota) as quota
    from quotas
    group by 1, 2

),

ambitions as (

    select
        quotas.year,
        quotas.stressor_id,
        quotas.scenario_id,
        quotas.scenario_name,
        quotas.super_emitters,
        quotas.quota,
        quotas.quota_uplift,
        quotas.is_user_scenario,
        row_number() over (
            partition by quotas.year, quotas.stressor_id
            order by quotas.scenario_id
        ) as ambition
    from quotas
    inner join largest using (year, stressor_id)
    where not ({{ exceeds('largest.quota', 'quotas.quota') }})

),

receivers as (

    select
        ambitions.year,
        ambitions.stressor_id,
        max(standards.receiver_population_share) as receiver_share,
        -- one unknown leaves the share unknown
        case
            when count(standards.reaches_threshold) = count(*)
                then
                    {{ safe_divide(
                        'sum(case when standards.reaches_threshold'
                        ~ ' then 1 else 0 end)',
                        'count(*)'
                    ) }}
        end as reach_threshold
    from ambitions
    inner join standards using (year, stressor_id, scenario_id)
    where ambitions.ambition = 1
    group by 1, 2

),

largest_quotas as (

    select
        ambitions.year,
        ambitions.stressor_id,
        ambitions.scenario_id,
        ambitions.quota,
        ambitions.quota_uplift,
        ambitions.super_emitters,
        receivers.receiver_share,
        receivers.reach_threshold as receivers_reach_upper_middle,
        ambitions.scenario_name,
        ambitions.is_user_scenario,
        't' as unit
    from ambitions
    left join receivers using (year, stressor_id)
    where ambitions.ambition = 1

)

select * from largest_quotas
