{# Names in place of positions; the solve store has small integers. #}

-- depends_on: {{ ref('error_propagation') }}

with

source as (

    select * from {{ source('solve_store', 'covariances') }}

),

labels as (

    select distinct
        region_position,
        region_id
    from {{ ref('demand_labels') }}

),

covariances as (

    select
        source.year,
        source.stressor_id,
        source.uncertainty_rule,
        source.component,
        labels.region_id,
        others.region_id as other_region_id,
        source.covariance
    from source
    inner join labels using (region_position)
    inner join labels as others
        on source.other_region_position = others.region_position

)

select * from covariances
