{# Names in place of positions; the solve store has small integers. A table,
   for marts and laws read it several times. #}

{{ config(enabled=is_chosen('analyses'), materialized="table") }}

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
        other_labels.region_id as other_region_id,
        source.covariance
    from source
    inner join labels using (region_position)
    inner join labels as other_labels
        on source.other_region_position = other_labels.region_position

)

select * from covariances
