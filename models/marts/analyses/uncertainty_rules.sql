with

rules as (

    select * from {{ ref('error_rules') }}

),

rule_in_use as (

    select distinct uncertainty_rule
    from {{ ref('int_error_rules') }}

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
        source,
        uncertainty_rule in (
            select rule_in_use.uncertainty_rule
            from rule_in_use
        ) as is_in_use
    from rules

)

select * from uncertainty_rules
