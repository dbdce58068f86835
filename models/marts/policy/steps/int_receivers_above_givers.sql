{# Receivers with more per person than one who gives has left; docs/methods.md,
   Living standards. #}

with

totals as (

    select * from {{ ref('int_quota_totals') }}

),

standards as (

    select * from {{ ref('living_standards') }}

),

allocation as (

    select
        *,
        footprint_per_capita_after - allocated_per_capita
            as footprint_per_capita_before
    from {{ ref('quota_allocation') }}

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
int_receivers_above_givers as (

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
            'allocation.footprint_per_capita_before'
        ) }}
        and {{ exceeds(
            'allocation.footprint_per_capita_before',
            'totals.lowest_giver_per_capita_after'
        ) }}
    group by 1, 2, 3

)

select * from int_receivers_above_givers
