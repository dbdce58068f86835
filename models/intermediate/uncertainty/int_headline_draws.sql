{# What is drawn of figures of the whole table, of footprints and of quotas. #}

with

footprint_draws as (

    select * from {{ ref('footprint_draws') }}

),

-- without a row unless the var quota_draws asks for them
quota_draws as (

    select * from {{ ref('quota_draws') }}

),

int_headline_draws as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        quantity,
        mean,
        standard_error,
        p05,
        p50,
        p95
    from footprint_draws
    where region_id is null

    union all

    select
        year,
        stressor_id,
        uncertainty_rule,
        'quota_' || scenario_id as quantity,
        mean,
        standard_error,
        p05,
        p50,
        p95
    from quota_draws

)

select * from int_headline_draws
