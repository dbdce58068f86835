{# Under every rule the receivers get the quota, no more and no less, and per
   person what it is for all of them together. #}

with

allocation as (

    select * from {{ ref('quota_allocation') }}

),

summaries as (

    select * from {{ ref('quota_summary') }}

),

spent as (

    select
        year,
        stressor_id,
        scenario_id,
        allocation_rule,
        sum(allocated_quota) as allocated_quota,
        sum(population * allocated_per_capita) / sum(population)
            as mean_per_capita,
        sum(population) as population
    from allocation
    group by 1, 2, 3, 4

),

compared as (

    select
        spent.*,
        summaries.quota,
        cast(1e-9 as double) * abs(summaries.national_emissions) as tolerated
    from spent
    left join summaries using (year, stressor_id, scenario_id)

)

select * from compared
where
    not coalesce(
        abs(allocated_quota - quota) <= tolerated
        and abs(mean_per_capita - quota / population)
        <= tolerated / population,
        false
    )
