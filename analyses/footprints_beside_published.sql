{# Do our footprints agree with a published series? #}

with

scope as (

    {{ analysis_scope() }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

published as (

    select
        region_id,
        cast(consumption_based_mt as double) as published_mt
    from read_csv(
        getvariable('published_footprints'), header = true, all_varchar = true
    )

),

footprints as (

    select
        accounts.region_id,
        accounts.region_name,
        accounts.consumption_footprint / 1e6 as footprint_mt
    from accounts
    inner join scope using (year, stressor_id)

),

side_by_side as (

    select
        region_id,
        footprints.region_name,
        footprints.footprint_mt,
        published.published_mt,
        case
            when footprints.footprint_mt > 0 and published.published_mt > 0
                then ln(footprints.footprint_mt / published.published_mt)
        end as log_ratio
    from published
    full join footprints using (region_id)

),

summary as (

    select
        count(log_ratio) as regions_compared,
        case
            when count(log_ratio) > 1
                then corr(ln(footprint_mt), ln(published_mt))
        end as correlation_of_logs,
        exp(percentile_cont(0.5) within group (order by log_ratio))
            as median_ratio
    from (
        select * from side_by_side
        where log_ratio is not null
    ) as compared

)

select
    summary.regions_compared,
    summary.correlation_of_logs,
    summary.median_ratio,
    side_by_side.region_id,
    side_by_side.region_name,
    side_by_side.footprint_mt,
    side_by_side.published_mt,
    exp(side_by_side.log_ratio) as ratio
from summary
left join side_by_side
    on true
order by
    abs(side_by_side.log_ratio) desc nulls last,
    side_by_side.region_id asc
