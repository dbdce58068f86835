{# Emissions of a seller and of its electricity are a part of those of its whole
   chain, in years without a negative cell: no scope charges more than `total`,
   none less than `direct`. Tolerance: 1e-9 of the charge. #}

{{ config(enabled=is_chosen('analyses')) }}

with

exposure as (

    select * from {{ ref('border_exposure') }}

),

-- sums of amounts and of their absolute values differ where one is negative
negative_years as (

    select year
    from {{ ref('stg_intermediate_sales') }}
    group by 1
    having sum(absolute_amount) > sum(amount)

    union

    select year
    from {{ ref('int_intensities') }}
    where direct_intensity < 0 or output < 0

),

charged_parts as (

    select
        year,
        stressor_id,
        charge_id,
        region_id,
        sector_id,
        count(*) as scope_count,
        max(case when scope_id = 'direct' then charge end) as direct,
        max(case when scope_id = 'total' then charge end) as total,
        min(charge) as lowest,
        max(charge) as highest
    from exposure
    group by 1, 2, 3, 4, 5

)

select charged_parts.*
from charged_parts
left join negative_years using (year)
where
    charged_parts.direct is null
    or charged_parts.total is null
    or (
        negative_years.year is null
        and (
            charged_parts.highest
            > charged_parts.total * (1 + cast(1e-9 as double))
            or charged_parts.lowest
            < charged_parts.direct * (1 - cast(1e-9 as double))
        )
    )
