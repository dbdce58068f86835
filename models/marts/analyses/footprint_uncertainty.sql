{# How far every footprint can be trusted, given the model: errors of the data
   to first order; docs/methods.md, Uncertainty. #}

{%- set components = [
    'emissions', 'direct_emissions', 'transactions', 'final_demand', 'exports'
] %}

with

dataset as (

    select is_compiled from {{ ref('dataset') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

regions as (

    select * from {{ ref('regions') }}

),

rules as (

    select distinct uncertainty_rule
    from {{ ref('int_error_rules') }}

),

covariances as (

    select * from {{ ref('covariances') }}

),

production_variances as (

    select * from {{ ref('production_variances') }}

),

comparators as (

    select
        year,
        stressor_id,
        tonnes_per_person
    from {{ ref('yearly_comparators') }}
    where comparator_id = 'world'

),

variances as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        region_id,
        {%- for component in components %}
            sum(case when component = '{{ component }}' then covariance end)
                as {{ component }}_variance,
        {%- endfor %}
        sum(covariance) as variance
    from covariances
    where region_id = other_region_id
    group by 1, 2, 3, 4

),

joined as (

    select
        accounts.year,
        accounts.stressor_id,
        rules.uncertainty_rule,
        accounts.region_id,
        accounts.region_name,
        accounts.consumption_footprint,
        accounts.production_emissions,
        coalesce(variances.variance, 0) as variance,
        {%- for component in components %}
            coalesce(variances.{{ component }}_variance, 0)
                as {{ component }}_variance,
        {%- endfor %}
        coalesce(production_variances.variance, 0) as production_variance,
        case
            when regions.is_ranked and accounts.population > 0
                then comparators.tonnes_per_person * accounts.population
        end as world_footprint
    from accounts
    inner join stressors using (stressor_id)
    inner join regions using (region_id)
    cross join rules
    left join variances using (year, stressor_id, uncertainty_rule, region_id)
    left join production_variances
        using (year, stressor_id, uncertainty_rule, region_id)
    left join comparators using (year, stressor_id)
    where stressors.is_mass

),

-- a variance that is rounding alone may lie below 0
measured as (

    select
        *,
        sqrt(greatest(variance, 0)) as standard_error,
        {{ safe_divide(
            'sqrt(greatest(variance, 0))', 'abs(consumption_footprint)'
        ) }} as relative_standard_error
    from joined

),

widths as (

    select
        *,
        -- of the lognormal with this mean and variance
        case
            when consumption_footprint > 0
                then
                    sqrt(ln(
                        1 + relative_standard_error * relative_standard_error
                    ))
        end as log_error
    from measured

),

bounds as (

    select
        *,
        {{ upper_normal_quantile() }} as quantile_95
    from widths

),

footprint_uncertainty as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        region_id,
        consumption_footprint,
        standard_error,
        relative_standard_error,
        case
            when consumption_footprint > 0
                then
                    consumption_footprint
                    * exp(-quantile_95 * log_error - log_error * log_error / 2)
            else consumption_footprint - quantile_95 * standard_error
        end as footprint_p05,
        case
            when consumption_footprint > 0
                then
                    consumption_footprint
                    * exp(quantile_95 * log_error - log_error * log_error / 2)
            else consumption_footprint + quantile_95 * standard_error
        end as footprint_p95,
        production_emissions,
        sqrt(production_variance) as production_standard_error,
        {%- for component in components %}
            {{ safe_divide(component ~ '_variance', 'variance') }}
                as from_{{ component }},
        {%- endfor %}
        case
            -- errors of data do not hold that of compiling
            when dataset.is_compiled or world_footprint is null then null
            when log_error > 0
                then normal_cdf(
                    (
                        ln(consumption_footprint / world_footprint)
                        - log_error * log_error / 2
                    ) / log_error
                )
            when consumption_footprint > world_footprint then 1
            else 0
        end as probability_above_world,
        region_name,
        't' as unit
    from bounds
    cross join dataset

)

select * from footprint_uncertainty
