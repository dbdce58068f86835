{# Which regions count as super-emitters, under every rule of the seed;
   docs/methods.md, Super-emitters. #}

with

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

rules as (

    select * from {{ ref('super_emitter_rules') }}

),

typology as (

    select * from {{ ref('mitigation_typology') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

positions as (

    select
        year,
        stressor_id,
        region_id,
        region_name,
        footprint_rank,
        consumption_footprint,
        footprint_per_capita,
        cumulative_footprint_share,
        row_number() over (
            partition by year, stressor_id
            order by consumption_footprint desc, region_id asc
        ) as footprint_position,
        row_number() over (
            partition by year, stressor_id
            order by production_emissions desc, region_id asc
        ) as production_position,
        count(*) over (
            partition by year, stressor_id
        ) as regions,
        sum(consumption_footprint) over (
            partition by year, stressor_id
        ) as total_footprint,
        sum(population) over (
            partition by year, stressor_id
        ) as total_population
    from rankings

),

means as (

    select
        *,
        {{ safe_divide('total_footprint', 'total_population') }}
            as mean_per_capita,
        {{ safe_divide('total_footprint', 'regions') }} as mean_footprint,
        coalesce(
            lag(cumulative_footprint_share) over (
                partition by year, stressor_id
                order by footprint_position
            ),
            0
        ) as share_before
    from positions

),

sides as (

    select
        *,
        {{ exceeds('footprint_per_capita', 'mean_per_capita') }}
            as is_above_mean
    from means

),

candidates as (

    select
        *,
        -- among those above the mean, and among the others
        row_number() over (
            partition by year, stressor_id, is_above_mean
            order by footprint_position
        ) as position_on_its_side
    from sides

),

super_emitters as (

    select
        candidates.year,
        candidates.stressor_id,
        rules.rule_id,
        candidates.region_id,
        candidates.footprint_rank as emitter_rank,
        candidates.consumption_footprint as measure_value,
        candidates.cumulative_footprint_share as cumulative_share,
        case rules.kind
            when 'largest_footprints'
                then
                    candidates.footprint_position
                    <= {{ ceil_divide(
                        'rules.take * candidates.regions', 'rules.of_every'
                    ) }}
            when 'largest_of_either'
                then
                    least(
                        candidates.footprint_position,
                        candidates.production_position
                    )
                    <= {{ ceil_divide(
                        'rules.take * candidates.regions', 'rules.of_every'
                    ) }}
            -- the region that crosses is in; a share within rounding of the
            -- bound has reached it
            when 'largest_share'
                then
                    candidates.total_footprint > 0
                    and candidates.share_before
                    < rules.share - cast(1e-12 as double)
            when 'above_means'
                then
                    candidates.is_above_mean
                    and {{ exceeds(
                        'candidates.consumption_footprint',
                        'candidates.mean_footprint'
                    ) }}
            when 'largest_above_mean'
                then
                    candidates.is_above_mean
                    and candidates.position_on_its_side
                    <= {{ ceil_divide(
                        'rules.take * candidates.regions', 'rules.of_every'
                    ) }}
        end as is_selected,
        rules.rule_id = choices.rule_id as is_default_rule,
        candidates.region_name,
        typology.pathway_id,
        typology.has_producer_lever,
        typology.has_consumer_lever,
        't' as unit
    from candidates
    cross join rules
    cross join choices
    inner join typology using (year, stressor_id, region_id)

)

select * from super_emitters
