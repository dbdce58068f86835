{# Footprints err together: how two compare is surer, or less sure, than each
   alone; docs/methods.md, Uncertainty. #}

{{ config(enabled=is_chosen('analyses')) }}

with

dataset as (

    select is_compiled from {{ ref('dataset') }}

),

footprints as (

    select * from {{ ref('int_footprint_errors') }}

),

covariances as (

    select * from {{ ref('covariances') }}

),

of_all_errors as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        region_id,
        other_region_id,
        sum(covariance) as covariance
    from covariances
    group by 1, 2, 3, 4, 5

),

pairs as (

    select
        footprints.year,
        footprints.stressor_id,
        footprints.uncertainty_rule,
        footprints.region_id,
        other_footprints.region_id as other_region_id,
        footprints.region_name,
        footprints.consumption_footprint
        - other_footprints.consumption_footprint as gap,
        coalesce(of_all_errors.covariance, 0) as covariance,
        footprints.standard_error,
        other_footprints.standard_error as other_standard_error
    from footprints
    inner join footprints as other_footprints
        using (year, stressor_id, uncertainty_rule)
    left join of_all_errors
        on
            footprints.year = of_all_errors.year
            and footprints.stressor_id = of_all_errors.stressor_id
            and footprints.uncertainty_rule = of_all_errors.uncertainty_rule
            and footprints.region_id = of_all_errors.region_id
            and other_footprints.region_id = of_all_errors.other_region_id

),

differences as (

    select
        *,
        sqrt(greatest(
            standard_error * standard_error
            + other_standard_error * other_standard_error
            - 2 * covariance,
            0
        )) as standard_error_of_difference
    from pairs

),

footprint_covariances as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        region_id,
        other_region_id,
        covariance,
        {{ safe_divide('covariance', 'standard_error * other_standard_error') }}
            as correlation,  -- noqa: RF04, the promised name
        case
            -- errors of data do not hold that of compiling
            when dataset.is_compiled or region_id = other_region_id then null
            when standard_error_of_difference > 0
                then normal_cdf(gap / standard_error_of_difference)
            when gap > 0 then 1
            when gap < 0 then 0
            else 0.5
        end as probability_larger,
        region_name,
        't' as unit
    from differences
    cross join dataset

)

select * from footprint_covariances
