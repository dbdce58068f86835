{# How sure every footprint is, given the model, and its place in the ranking;
   docs/methods.md, Uncertainty. #}

{{ config(enabled=is_chosen('analyses')) }}

with

dataset as (

    select is_compiled from {{ ref('dataset') }}

),

variants as (

    select * from {{ ref('variant_figures') }}

),

errors as (

    select * from {{ ref('int_footprint_errors') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

comparators as (

    select
        year,
        stressor_id,
        tonnes_per_person
    from {{ ref('yearly_comparators') }}
    where comparator_id = 'world'

),

pairs as (

    select * from {{ ref('footprint_covariances') }}

),

draws as (

    select * from {{ ref('footprint_draws') }}

),

-- how many of the other ranked regions are probably larger
larger_regions as (

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

drawn_ranks as (

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
    where region_id is not null
    group by 1, 2, 3, 4

),

joined as (

    select
        errors.*,
        rankings.footprint_rank,
        rankings.footprint_per_capita_rank,
        case
            when rankings.population > 0
                then comparators.tonnes_per_person * rankings.population
        end as world_footprint,
        {{ safe_divide(
            'errors.standard_error', 'abs(errors.consumption_footprint)'
        ) }} as relative_standard_error
    from errors
    left join rankings using (year, stressor_id, region_id)
    left join comparators using (year, stressor_id)

),

bounds as (

    select
        *,
        -- of the lognormal with this mean and variance
        case
            when consumption_footprint > 0
                then
                    sqrt(ln(
                        1 + relative_standard_error * relative_standard_error
                    ))
        end as log_error
    from joined

),

ranges as (

    select
        year,
        stressor_id,
        region_id,
        min(consumption_footprint) as lowest,
        max(consumption_footprint) as highest
    from variants
    group by 1, 2, 3

),

footprint_uncertainty as (

    select
        bounds.* exclude (world_footprint, log_error),
        -- what the variants of a compiled table reach is in the interval, or
        -- there is none
        case
            when not dataset.is_compiled or ranges.lowest is not null
                then least(ranges.lowest, {{ interval_end(
                    'bounds.consumption_footprint', 'bounds.standard_error', '-'
                ) }})
        end as footprint_p05,
        case
            when not dataset.is_compiled or ranges.highest is not null
                then greatest(ranges.highest, {{ interval_end(
                    'bounds.consumption_footprint', 'bounds.standard_error', '+'
                ) }})
        end as footprint_p95,
        -- errors of data do not include that of compiling
        case
            when dataset.is_compiled or bounds.world_footprint is null then null
            when bounds.log_error > 0
                then normal_cdf(
                    (
                        ln(
                            bounds.consumption_footprint
                            / bounds.world_footprint
                        )
                        - bounds.log_error * bounds.log_error / 2
                    ) / bounds.log_error
                )
            when bounds.consumption_footprint > bounds.world_footprint then 1
            else 0
        end as probability_above_world,
        case
            when bounds.footprint_rank is not null and not dataset.is_compiled
                then 1 + coalesce(larger_regions.regions, 0)
        end as expected_rank,
        cast(drawn_ranks.rank_p05 as integer) as rank_p05,
        cast(drawn_ranks.rank_p50 as integer) as rank_p50,
        cast(drawn_ranks.rank_p95 as integer) as rank_p95,
        cast(drawn_ranks.per_capita_rank_p05 as integer)
            as per_capita_rank_p05,
        cast(drawn_ranks.per_capita_rank_p95 as integer)
            as per_capita_rank_p95,
        drawn_ranks.probability_super_emitter,
        't' as unit
    from bounds
    cross join dataset
    left join ranges using (year, stressor_id, region_id)
    left join larger_regions
        using (year, stressor_id, uncertainty_rule, region_id)
    left join drawn_ranks
        on
            bounds.year = drawn_ranks.year
            and bounds.stressor_id = drawn_ranks.stressor_id
            and bounds.uncertainty_rule = drawn_ranks.uncertainty_rule
            and bounds.region_id = drawn_ranks.region_id
            and not dataset.is_compiled

)

select * from footprint_uncertainty
