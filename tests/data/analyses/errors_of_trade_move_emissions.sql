{# An error of a delivery moves emissions between destinations and makes none:
   over all destinations its covariances with any footprint cancel. What is left
   may be rounding: of what cancels, of the variance of the footprint, and of
   emissions themselves, where a region has nobody to move them to. #}

{{ config(enabled=is_chosen('analyses')) }}

with

covariances as (

    select * from {{ ref('covariances') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

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

),

variances as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        region_id,
        sum(covariance) as variance
    from covariances
    where region_id = other_region_id
    group by 1, 2, 3, 4

),

totals as (

    select
        year,
        stressor_id,
        sum(abs(production_emissions)) as emissions
    from accounts
    group by 1, 2

),

tolerances as (

    select
        balances.*,
        cast(1e-9 as double) * balances.size
        + cast(1e-12 as double) * abs(coalesce(variances.variance, 0))
        + cast(1e-24 as double) * totals.emissions * totals.emissions
            as tolerance
    from balances
    left join variances using (year, stressor_id, uncertainty_rule, region_id)
    inner join totals using (year, stressor_id)

)

select * from tolerances
where not coalesce(abs(balance) <= tolerance, false)
