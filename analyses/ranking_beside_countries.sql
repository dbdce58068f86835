{# Which regions lead, and where would the world, the United States and China
   rank among them? #}

with

scope as (

    {{ analysis_scope() }}

),

rankings as (

    select * from {{ ref('footprint_rankings') }}

),

comparators as (

    select * from {{ ref('yearly_comparators') }}

),

listed as (

    select
        rankings.region_name as listed_name,
        rankings.footprint_per_capita,
        rankings.footprint_per_capita_rank,
        rankings.footprint_rank,
        rankings.world_average_ratio,
        rankings.us_ratio,
        rankings.world_comparison,
        'region' as kind
    from rankings
    inner join scope using (year, stressor_id)

    union all

    select
        comparators.comparator_name as listed_name,
        comparators.tonnes_per_person as footprint_per_capita,
        null as footprint_per_capita_rank,
        null as footprint_rank,
        null as world_average_ratio,
        null as us_ratio,
        null as world_comparison,
        'comparator of ' || comparators.comparator_year as kind
    from comparators
    inner join scope using (year, stressor_id)
    where comparators.comparator_id not like '%\_territorial' escape '\'

)

select * from listed
order by footprint_per_capita desc, listed_name asc
