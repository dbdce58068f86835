{# Shares lie in 0 to 1 and are known together with what they count; no figure
   is infinite or not a number; a larger footprint goes with a larger income. #}

with

standards as (

    select * from {{ ref('living_standards') }}

),

allocation as (

    select * from {{ ref('quota_allocation') }}

),

curves as (

    select * from {{ ref('int_income_curves') }}

)

select
    standards.scenario_id,
    standards.allocation_rule,
    'bounds' as problem
from standards
where
    not coalesce(
        standards.receiver_population_share between 0 and 1
        and coalesce(standards.share_at_threshold_before, 0) between 0 and 1
        and coalesce(standards.share_at_threshold_after, 0) between 0 and 1
        and coalesce(standards.curve_r_squared, 0) between 0 and 1 + 1e-9
        and (standards.reaches_threshold is null)
        = (
            standards.income_after is null
            or standards.income_threshold is null
        )
        and coalesce(isfinite(standards.income_after), true)
        and coalesce(isfinite(standards.largest_income_factor), true)
        and coalesce(isfinite(standards.gini_after), true),
        false
    )

union all

select
    allocation.scenario_id,
    allocation.allocation_rule,
    'income falls' as problem
from allocation
inner join curves using (year, stressor_id)
where
    curves.income_elasticity > 0
    and allocation.allocated_quota > 0
    and allocation.income_after
    < allocation.income_before * (1 - cast(1e-12 as double))
