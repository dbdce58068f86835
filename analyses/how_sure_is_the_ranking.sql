{# How sure is each rank, and is a region larger than the one below it? #}

with

scope as (

    {{ analysis_scope() }}

),

ranks as (

    select * from {{ ref('rank_uncertainty') }}

),

footprints as (

    select * from {{ ref('footprint_uncertainty') }}

),

pairs as (

    select * from {{ ref('footprint_covariances') }}

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
        neighbours.footprint_per_capita_rank,
        neighbours.per_capita_rank_p05,
        neighbours.per_capita_rank_p95,
        footprints.consumption_footprint,
        footprints.footprint_p05,
        footprints.footprint_p95,
        neighbours.probability_super_emitter,
        pairs.probability_larger as probability_larger_than_next,
        neighbours.next_region
    from neighbours
    inner join footprints
        using (year, stressor_id, region_id)
    left join pairs
        on
            neighbours.year = pairs.year
            and neighbours.stressor_id = pairs.stressor_id
            and neighbours.region_id = pairs.region_id
            and neighbours.next_region_id = pairs.other_region_id

)

select
    listed.footprint_rank,
    listed.region_name,
    listed.rank_p05,
    listed.rank_p95,
    listed.footprint_per_capita_rank,
    listed.per_capita_rank_p05,
    listed.per_capita_rank_p95,
    listed.consumption_footprint,
    listed.footprint_p05,
    listed.footprint_p95,
    listed.probability_super_emitter,
    listed.probability_larger_than_next,
    listed.next_region,
    case
        when listed.region_id is null
            then
                'nothing to rank: intervals are of regions that are ranked, by '
                || 'stressors that are a mass, and of ' || scope.stressor_id
                || ' in ' || scope.year || ' there is none'
    end as not_answered
from scope
left join listed using (year, stressor_id)
order by listed.footprint_rank asc, listed.region_id asc
