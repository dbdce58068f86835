{# How footprints grow with income between regions: ln footprint per person =
   a + eta ln GDP per person, least squares weighted by people; docs/methods.md,
   Living standards. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

income_bands as (

    select * from {{ ref('int_income_bands') }}

),

ranked as (

    select
        accounts.year,
        accounts.stressor_id,
        cast(accounts.population as double) as weight,
        accounts.footprint_per_capita,
        {{ safe_divide('accounts.gdp', 'accounts.population') }}
            as gdp_per_capita
    from accounts
    inner join stressors using (stressor_id)
    where accounts.is_ranked and stressors.is_mass

),

points as (

    select
        year,
        stressor_id,
        weight,
        footprint_per_capita,
        gdp_per_capita,
        case
            when footprint_per_capita > 0 and gdp_per_capita > 0
                then ln(gdp_per_capita)
        end as log_income,
        case
            when footprint_per_capita > 0 and gdp_per_capita > 0
                then ln(footprint_per_capita)
        end as log_footprint
    from ranked

),

weights as (

    select
        year,
        stressor_id,
        sum(case when log_income is not null then weight end) as weight,
        count(log_income) as regions,
        max(case when log_income is not null then footprint_per_capita end)
            as largest_footprint_per_capita,
        max(case when log_income is not null then gdp_per_capita end)
            as largest_gdp_per_capita
    from points
    group by 1, 2

),

means as (

    select
        points.year,
        points.stressor_id,
        sum(points.weight * points.log_income / weights.weight)
            as log_income,
        sum(points.weight * points.log_footprint / weights.weight)
            as log_footprint
    from points
    inner join weights using (year, stressor_id)
    group by 1, 2

),

-- about the means, so that no digits are lost
moments as (

    select
        weights.year,
        weights.stressor_id,
        weights.regions,
        weights.largest_footprint_per_capita,
        weights.largest_gdp_per_capita,
        means.log_income,
        means.log_footprint,
        sum(
            points.weight / weights.weight
            * (points.log_income - means.log_income)
            * (points.log_income - means.log_income)
        ) as income_variance,
        sum(
            points.weight / weights.weight
            * (points.log_footprint - means.log_footprint)
            * (points.log_footprint - means.log_footprint)
        ) as footprint_variance,
        sum(
            points.weight / weights.weight
            * (points.log_income - means.log_income)
            * (points.log_footprint - means.log_footprint)
        ) as covariance
    from points
    inner join weights using (year, stressor_id)
    inner join means using (year, stressor_id)
    group by 1, 2, 3, 4, 5, 6, 7

),

fitted as (

    select
        *,
        case
            when regions >= 2 and income_variance > cast(1e-12 as double)
                then covariance / income_variance
        end as income_elasticity
    from moments

),

int_income_curves as (

    select
        fitted.year,
        fitted.stressor_id,
        fitted.log_footprint
        - fitted.income_elasticity * fitted.log_income as intercept,
        fitted.income_elasticity,
        -- footprints that are equal but for rounding leave nothing to explain
        case
            when
                fitted.income_elasticity is not null
                and fitted.footprint_variance > cast(1e-24 as double)
                then
                    fitted.covariance * fitted.covariance
                    / (fitted.income_variance * fitted.footprint_variance)
        end as curve_r_squared,
        cast(fitted.regions as integer) as regions,
        case
            when fitted.income_elasticity is not null
                then fitted.largest_footprint_per_capita
        end as largest_footprint_per_capita,
        case
            when fitted.income_elasticity is not null
                then fitted.largest_gdp_per_capita
        end as largest_gdp_per_capita,
        income_bands.income_threshold,
        -- a nearly vertical curve has no threshold that a double can hold
        case
            when
                fitted.log_footprint
                + fitted.income_elasticity
                * (ln(income_bands.income_threshold) - fitted.log_income)
                <= 600
                then
                    exp(
                        fitted.log_footprint
                        + fitted.income_elasticity
                        * (
                            ln(income_bands.income_threshold)
                            - fitted.log_income
                        )
                    )
        end as threshold_footprint_per_capita
    from fitted
    inner join income_bands using (year)

)

select * from int_income_curves
