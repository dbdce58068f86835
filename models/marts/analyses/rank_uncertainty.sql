{# How sure a place in the ranking is; docs/methods.md, Uncertainty. #}

with

dataset as (

    select is_compiled from {{ ref('dataset') }}

),

rankings as (

    select * from {{ ref('footprint_rankings') }}

),

rules as (

    select distinct uncertainty_rule
    from {{ ref('int_error_rules') }}

),

pairs as (

    select * from {{ ref('footprint_covariances') }}

),

draws as (

    select * from {{ ref('footprint_draws') }}

),

-- how many of the other ranked regions are probably larger
larger as (

    select
        pairs.year,
        pairs.stressor_id,
        pairs.uncertainty_rule,
        pairs.other_region_id as region_id,
        sum(pairs.probability_larger) as regions
    from pairs
    inner join rankings using (year, stressor_id, region_id)
    where pairs.region_id <> pairs.other_region_id
    group by 1, 2, 3, 4

),

drawn as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        region_id,
        max(case when quantity = 'footprint_rank' then p05 end) as rank_p05,
        max(case when quantity = 'footprint_rank' then p50 end) as rank_p50,
        max(case when quantity = 'footprint_rank' then p95 end) as rank_p95,
        max(case when quantity = 'footprint_per_capita_rank' then p05 end)
            as per_capita_rank_p05,
        max(case when quantity = 'footprint_per_capita_rank' then p95 end)
            as per_capita_rank_p95,
        max(case when quantity = 'super_emitter' then mean end)
            as probability_super_emitter
    from draws
    cross join dataset
    -- errors of data do not hold that of compiling
    where region_id is not null and not dataset.is_compiled
    group by 1, 2, 3, 4

),

rank_uncertainty as (

    select
        rankings.year,
        rankings.stressor_id,
        rules.uncertainty_rule,
        rankings.region_id,
        rankings.footprint_rank,
        case
            when not dataset.is_compiled then 1 + coalesce(larger.regions, 0)
        end as expected_rank,
        cast(drawn.rank_p05 as integer) as rank_p05,
        cast(drawn.rank_p50 as integer) as rank_p50,
        cast(drawn.rank_p95 as integer) as rank_p95,
        cast(drawn.per_capita_rank_p05 as integer) as per_capita_rank_p05,
        cast(drawn.per_capita_rank_p95 as integer) as per_capita_rank_p95,
        drawn.probability_super_emitter,
        rankings.region_name,
        rankings.footprint_per_capita_rank,
        't' as unit
    from rankings
    cross join rules
    cross join dataset
    left join larger using (year, stressor_id, uncertainty_rule, region_id)
    left join drawn using (year, stressor_id, uncertainty_rule, region_id)

)

select * from rank_uncertainty
