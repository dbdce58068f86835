{# Of two regions one is larger: both probabilities make 1. #}

with

pairs as (

    select * from {{ ref('footprint_covariances') }}

),

both_ways as (

    select
        pairs.year,
        pairs.stressor_id,
        pairs.uncertainty_rule,
        pairs.region_id,
        pairs.other_region_id,
        pairs.probability_larger + mirrored.probability_larger as probability
    from pairs
    left join pairs as mirrored
        on
            pairs.year = mirrored.year
            and pairs.stressor_id = mirrored.stressor_id
            and pairs.uncertainty_rule = mirrored.uncertainty_rule
            and pairs.region_id = mirrored.other_region_id
            and pairs.other_region_id = mirrored.region_id
    where pairs.region_id <> pairs.other_region_id

)

select * from both_ways
where not coalesce(abs(probability - 1) <= cast(1e-9 as double), false)
