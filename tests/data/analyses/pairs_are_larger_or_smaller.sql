{# Of two regions one is larger: both probabilities make 1. A compiled table has
   none. #}

{{ config(enabled=is_chosen('analyses')) }}

with

dataset as (

    select is_compiled from {{ ref('dataset') }}

),

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

select both_ways.* from both_ways
cross join dataset
where
    case
        when dataset.is_compiled then both_ways.probability is not null
        else
            not coalesce(
                abs(both_ways.probability - 1) <= cast(1e-9 as double), false
            )
    end
