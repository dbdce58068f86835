-- footprints and incomes per person, and the line through the logarithms of
-- both, by least squares weighted by people, as in int_income_curves
with

points as (

    select
        region_id,
        region_name,
        population,
        gdp / population as gdp_per_capita,
        footprint_per_capita,
        ln(gdp / population) as log_income,
        ln(footprint_per_capita) as log_footprint,
        population / sum(population) over () as weight
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor
        and is_ranked
        and population > 0
        and gdp > 0
        and footprint_per_capita > 0

),

means as (

    select
        *,
        sum(weight * log_income) over () as mean_income,
        sum(weight * log_footprint) over () as mean_footprint
    from points

),

moments as (

    select
        *,
        sum(weight * power(log_income - mean_income, 2)) over ()
            as income_variance,
        sum(weight * power(log_footprint - mean_footprint, 2)) over ()
            as footprint_variance,
        sum(
            weight
            * (log_income - mean_income)
            * (log_footprint - mean_footprint)
        ) over () as covariance
    from means

),

fitted as (

    select
        *,
        case
            when income_variance > 1e-12 then covariance / income_variance
        end as elasticity
    from moments

)

select
    region_id,
    region_name,
    population,
    gdp_per_capita,
    footprint_per_capita,
    exp(mean_footprint + elasticity * (log_income - mean_income))
        as fitted_footprint,
    elasticity,
    case
        when income_variance > 1e-12 and footprint_variance > 1e-24
            then
                power(covariance, 2) / (income_variance * footprint_variance)
    end as r_squared
from fitted
order by gdp_per_capita desc, region_id asc
