{# Who gets how much of a scenario's quota; docs/methods.md, Living
   standards. #}

with

allocations as (

    select * from {{ ref('int_allocations') }}

),

quota_allocation as (

    select
        year,
        stressor_id,
        scenario_id,
        allocation_rule,
        region_id,
        allocated_quota,
        allocated_per_capita,
        footprint_per_capita_after,
        region_name,
        population,
        income_before,
        income_after,
        't' as unit
    from allocations
    where scenario_id is not null and region_id is not null

)

select * from quota_allocation
