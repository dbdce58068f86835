{# Where every ranked region stands, and how sure that is; docs/methods.md,
   Rankings and Uncertainty. #}

{%- set has_errors = is_chosen('analyses') %}
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
        rankings.*,
        errors.footprint_p05,
        errors.footprint_p95,
        errors.rank_p05,
        errors.rank_p95,
        errors.probability_super_emitter,
        't' as unit
    from rankings
    left join errors using (year, stressor_id, region_id)

)

select * from footprint_rankings
