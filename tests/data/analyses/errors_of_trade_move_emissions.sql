{# An error of a delivery moves emissions between destinations and makes none:
   over all destinations its covariances with any footprint cancel. #}

with

covariances as (

    select * from {{ ref('covariances') }}

),

balances as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        component,
        region_id,
        sum(covariance) as balance,
        sum(abs(covariance)) as size
    from covariances
    where component in ('transactions', 'final_demand', 'exports')
    group by 1, 2, 3, 4, 5

)

select * from balances
where not coalesce(abs(balance) <= cast(1e-9 as double) * size, false)
