{# How large errors are in this build: the rows of one rule. #}

with

rules as (

    select * from {{ ref('error_rules') }}

),

int_error_rules as (

    select
        uncertainty_rule,
        component,
        rse_largest,
        exponent,
        rse_cap,
        shared_share,
        shared_by
    from rules
    where {{ is_in_use('uncertainty_rule', 'is_default', 'error_rule') }}

)

select * from int_error_rules
