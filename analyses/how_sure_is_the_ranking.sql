{# How certain is each rank, and is a region's footprint larger than the next
   one's? #}

with

scope as (

    {{ analysis_scope() }}

),

ranks as (

    select * from {{ ref('footprint_uncertainty') }}
    where footprint_rank is not null

),

pairs as (

    select * from {{ ref('footprint_covariances') }}

),

ranges as (

    select * from {{ ref('compiled_ranges') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

neighbours as (

    select
        ranks.year,
        ranks.stressor_id,
        ranks.region_id,
        ranks.region_name,
        ranks.footprint_rank,
        ranks.rank_p05,
        ranks.rank_p95,
        ranks.footprint_per_capita_rank,
        ranks.per_capita_rank_p05,
        ranks.per_capita_rank_p95,
        ranks.consumption_footprint,
        ranks.footprint_p05,
        ranks.footprint_p95,
        ranks.probability_super_emitter,
        lead(ranks.region_id) over (
            order by ranks.footprint_rank asc, ranks.region_id asc
        ) as next_region_id,
        lead(ranks.region_name) over (
            order by ranks.footprint_rank asc, ranks.region_id asc
        ) as next_region
    from ranks
    inner join scope using (year, stressor_id)

),

listed as (

    select
        neighbours.year,
        neighbours.stressor_id,
        neighbours.region_id,
        neighbours.footprint_rank,
        neighbours.region_name,
        neighbours.rank_p05,
        neighbours.rank_p95,
        ranges.rank_best,
        ranges.rank_worst,
        neighbours.footprint_per_capita_rank,
        neighbours.per_capita_rank_p05,
        neighbours.per_capita_rank_p95,
        neighbours.consumption_footprint,
        neighbours.footprint_p05,
        neighbours.footprint_p95,
        neighbours.probability_super_emitter,
        pairs.probability_larger as probability_larger_than_next,
        neighbours.next_region
    from neighbours
    left join ranges using (year, stressor_id, region_id)
    left join pairs
        on
            neighbours.year = pairs.year
            and neighbours.stressor_id = pairs.stressor_id
            and neighbours.region_id = pairs.region_id
            and neighbours.next_region_id = pairs.other_region_id

),

-- why ranks of a compiled table have no interval, in a row of its own
told as (

    select
        listed.*,
        case
            when listed.region_id is null
                then
                    'nothing to rank: intervals are of regions that are '
                    || 'ranked, by stressors that are a mass, and of '
                    || scope.stressor_id || ' in ' || scope.year
                    || ' there is none'
        end as not_answered
    from scope
    left join listed using (year, stressor_id)

    union all by name

    select rank_note as not_answered
    from dataset
    where rank_note is not null

)

select
    told.footprint_rank,
    told.region_name,
    told.rank_p05,
    told.rank_p95,
    told.rank_best,
    told.rank_worst,
    told.footprint_per_capita_rank,
    told.per_capita_rank_p05,
    told.per_capita_rank_p95,
    told.consumption_footprint,
    told.footprint_p05,
    told.footprint_p95,
    told.probability_super_emitter,
    told.probability_larger_than_next,
    told.next_region,
    told.not_answered
from told
order by told.footprint_rank asc, told.region_id asc
