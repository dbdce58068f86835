{# Errors of the data carried to every footprint, to first order;
   docs/methods.md, Uncertainty. Pairs are compared before there are ranks. #}

{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('error_propagation') }}

{%- set components = [
    'emissions', 'direct_emissions', 'transactions', 'final_demand', 'exports'
] %}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

rules as (

    select distinct uncertainty_rule
    from {{ ref('int_error_rules') }}

),

covariances as (

    select * from {{ ref('covariances') }}

),

production_variances as (

    select
        variances.year,
        variances.stressor_id,
        variances.uncertainty_rule,
        regions.region_id,
        variances.variance
    from {{ source('solve_store', 'production_variances') }} as variances
    inner join {{ ref('regions') }} as regions using (region_position)

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
        coalesce(production_variances.variance, 0) as production_variance
    from accounts
    inner join stressors using (stressor_id)
    cross join rules
    left join variances using (year, stressor_id, uncertainty_rule, region_id)
    left join production_variances
        using (year, stressor_id, uncertainty_rule, region_id)
    where stressors.is_mass

),

int_footprint_errors as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        region_id,
        region_name,
        consumption_footprint,
        production_emissions,
        -- a variance that is rounding alone may lie below 0
        sqrt(greatest(variance, 0)) as standard_error,
        {%- for component in components %}
            {{ safe_divide(component ~ '_variance', 'variance') }}
                as from_{{ component }},
        {%- endfor %}
        sqrt(production_variance) as production_standard_error
    from joined

)

select * from int_footprint_errors
