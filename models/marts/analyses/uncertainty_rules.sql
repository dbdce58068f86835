with

rules as (

    select * from {{ ref('error_rules') }}

),

uncertainty_rules as (

    select
        uncertainty_rule,
        component,
        rse_largest,
        exponent,
        rse_cap,
        shared_share,
        shared_by,
        is_default,
        source
    from rules

)

select * from uncertainty_rules
