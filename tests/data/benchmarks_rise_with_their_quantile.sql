{# Of the same peers a higher quantile is never the smaller one. Where the mean
   lies is not known beforehand. #}

with

benchmarks as (

    select * from {{ ref('mitigation_benchmarks') }}

),

quantiles as (

    select * from {{ ref('benchmarks') }}
    where quantile is not null

),

placed as (

    select
        benchmarks.*,
        quantiles.quantile
    from benchmarks
    inner join quantiles
        on benchmarks.benchmark_id = quantiles.benchmark_id

)

select
    lower_one.year,
    lower_one.stressor_id,
    lower_one.industry_type,
    lower_one.sector_id,
    lower_one.intensity,
    higher_one.intensity as higher_intensity
from placed as lower_one
inner join placed as higher_one
    on
        lower_one.year = higher_one.year
        and lower_one.stressor_id = higher_one.stressor_id
        and lower_one.industry_type
        is not distinct from higher_one.industry_type
        and lower_one.sector_id = higher_one.sector_id
        and lower_one.quantile < higher_one.quantile
where
    lower_one.regions <> higher_one.regions
    or lower_one.intensity > higher_one.intensity
    + cast(1e-12 as double) * abs(higher_one.intensity)
