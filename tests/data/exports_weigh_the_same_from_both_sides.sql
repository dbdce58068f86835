{# Emissions of exports come from embodied output, f X; total intensities times
   exports, m ex, must give the same. The two are solved
   apart: one system for X, the transposed one for m. #}

with

exports as (

    select * from {{ ref('stg_exports') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

weighed as (

    select
        total_intensities.year,
        total_intensities.stressor_id,
        sum(total_intensities.total_intensity * exports.amount) as emissions
    from total_intensities
    inner join exports using (year, region_sector_id)
    group by 1, 2

),

compared as (

    select
        reconciliation.year,
        reconciliation.stressor_id,
        reconciliation.attributed_to_exports,
        coalesce(weighed.emissions, 0) as weighed_exports,
        cast(1e-9 as double) * abs(reconciliation.emissions_in) as tolerated
    from reconciliation
    left join weighed using (year, stressor_id)

)

select
    year,
    stressor_id,
    attributed_to_exports,
    weighed_exports
from compared
where
    not coalesce(
        abs(attributed_to_exports - weighed_exports) <= tolerated, false
    )

union all

-- nothing compared is nothing shown
select
    max(year) as last_year,
    'no rows' as stressor_id,
    max(attributed_to_exports) as attributed_to_exports,
    max(weighed_exports) as weighed_exports
from compared
having count(*) = 0
