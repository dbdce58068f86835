{# Where every ranked region stands, and how sure that is; docs/methods.md,
   Rankings and Uncertainty. #}

{%- set has_errors = chosen_var('analyses') | string == 'True' %}
{%- set errors -%}
    {{ 'select * from ' ~ ref('footprint_uncertainty') if has_errors
    else "select 0 as year, '' as stressor_id, '' as region_id,"
    ~ " 0e0 as footprint_p05, 0e0 as footprint_p95, 0 as rank_p05,"
    ~ " 0 as rank_p95, 0e0 as probability_super_emitter where false" }}
{%- endset %}

with

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

errors as (

    {{ errors }}

),

footprint_rankings as (

    select
        rankings.year,
        rankings.stressor_id,
        rankings.region_id,
        rankings.region_name,
        rankings.population,
        rankings.consumption_footprint,
        rankings.footprint_per_capita,
        errors.footprint_p05,
        errors.footprint_p95,
        errors.rank_p05,
        errors.rank_p95,
        errors.probability_super_emitter,
        rankings.footprint_rank,
        rankings.footprint_per_capita_rank,
        rankings.production_rank,
        rankings.production_per_capita_rank,
        rankings.cumulative_footprint_share,
        rankings.world_average_ratio,
        rankings.us_ratio,
        rankings.is_above_world_average,
        rankings.production_emissions,
        rankings.production_per_capita,
        rankings.comparator_year,
        rankings.is_lower_bound,
        rankings.world_comparison,
        't' as unit,
        rankings.us_comparator_year
    from rankings
    left join errors using (year, stressor_id, region_id)

)

select * from footprint_rankings
