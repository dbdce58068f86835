{# How far footprints and ranks of a compiled table move with its assumptions on
   trade: the table beside its variants; docs/compile.md, How sure. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

super_emitters as (

    select * from {{ ref('super_emitters') }}
    where is_default_rule

),

variants as (

    select * from {{ ref('variant_figures') }}

),

own as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        accounts.region_name,
        accounts.unit,
        accounts.consumption_footprint,
        rankings.footprint_rank,
        rankings.footprint_per_capita_rank,
        super_emitters.rule_id,
        cast(super_emitters.is_selected as integer) as is_super_emitter
    from accounts
    left join rankings using (year, stressor_id, region_id)
    left join super_emitters using (year, stressor_id, region_id)

),

compared as (

    select
        own.*,
        variants.consumption_footprint as variant_footprint,
        variants.footprint_rank as variant_rank,
        variants.footprint_per_capita_rank as variant_per_capita_rank,
        cast(
            coalesce(
                list_contains(variants.super_emitter_rules, own.rule_id), false
            ) as integer
        ) as is_variant_super_emitter
    from own
    inner join variants using (year, stressor_id, region_id)

),

compiled_ranges as (

    select
        year,
        stressor_id,
        region_id,
        least(any_value(consumption_footprint), min(variant_footprint))
            as footprint_lowest,
        greatest(any_value(consumption_footprint), max(variant_footprint))
            as footprint_highest,
        cast(least(any_value(footprint_rank), min(variant_rank)) as integer)
            as rank_best,
        cast(greatest(any_value(footprint_rank), max(variant_rank)) as integer)
            as rank_worst,
        cast(
            least(
                any_value(footprint_per_capita_rank),
                min(variant_per_capita_rank)
            ) as integer
        ) as per_capita_rank_best,
        cast(
            greatest(
                any_value(footprint_per_capita_rank),
                max(variant_per_capita_rank)
            ) as integer
        ) as per_capita_rank_worst,
        cast(
            any_value(is_super_emitter) + sum(is_variant_super_emitter)
            as integer
        ) as super_emitter_in,
        any_value(region_name) as region_name,
        any_value(unit) as unit
    from compared
    group by 1, 2, 3

)

select * from compiled_ranges
