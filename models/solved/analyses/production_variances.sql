-- depends_on: {{ ref('error_propagation') }}

with

source as (

    select * from {{ source('solve_store', 'production_variances') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

production_variances as (

    select
        source.year,
        source.stressor_id,
        source.uncertainty_rule,
        regions.region_id,
        source.variance
    from source
    inner join regions using (region_position)

)

select * from production_variances
