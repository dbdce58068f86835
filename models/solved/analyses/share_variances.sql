-- depends_on: {{ ref('error_propagation') }}

with

source as (

    select * from {{ source('solve_store', 'share_variances') }}

),

share_variances as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        component,
        variance
    from source

)

select * from share_variances
