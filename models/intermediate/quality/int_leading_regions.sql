{# The ranked regions that sentences name, of equals the first by id;
   docs/methods.md, Findings. #}

with

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

trade as (

    select * from {{ ref('int_leading_trade') }}

),

comparisons as (

    select * from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

account_extents as (

    select * from {{ ref('account_extents') }}

),

-- countries of a world table whose published consumption contradicts the
-- table: it is outside the interval
contradictions as (

    select
        comparisons.year,
        comparisons.stressor_id,
        comparisons.country_id as region_id,
        comparisons.published_emissions
    from comparisons
    cross join {{ ref('dataset') }} as dataset
    where
        dataset.country = 'WLD'
        and not dataset.is_synthetic
        and not comparisons.is_inside_interval

),

people as (

    select
        rankings.year,
        rankings.stressor_id,
        rankings.region_id,
        rankings.footprint_per_capita,
        {{ safe_divide(
            'contradictions.published_emissions', 'rankings.population'
        ) }} as published_per_capita,
        row_number() over (
            partition by rankings.year, rankings.stressor_id
            order by
                rankings.footprint_per_capita desc nulls last,
                rankings.region_id asc
        ) as place_from_above,
        row_number() over (
            partition by rankings.year, rankings.stressor_id
            order by rankings.footprint_per_capita asc, rankings.region_id asc
        ) as place_from_below,
        max(rankings.footprint_per_capita) over (
            partition by rankings.year, rankings.stressor_id
        ) as largest
    from rankings
    left join contradictions using (year, stressor_id, region_id)

),

per_person as (

    select
        year,
        stressor_id,
        max(largest) as largest_per_person,
        max(case when place_from_above = 1 then region_id end)
            as per_person_region_id,
        max(case when place_from_above = 1 then published_per_capita end)
            as published_per_person,
        max(case when place_from_below = 1 then region_id end)
            as least_per_person_region_id,
        min(footprint_per_capita) as least_per_person,
        count(*) filter (
            where not {{ exceeds('largest', 'footprint_per_capita') }}
        ) as per_person_regions
    from people
    group by 1, 2

),

largest as (

    select
        rankings.year,
        rankings.stressor_id,
        min(rankings.region_id) as largest_region_id,
        max(contradictions.published_emissions) as largest_published
    from rankings
    left join contradictions using (year, stressor_id, region_id)
    where rankings.footprint_rank = 1
    group by 1, 2

),

first_years as (

    select
        stressor_id,
        min(year) as first_year
    from rankings
    group by 1

),

-- footprints per person beside those of the first year. What is not above zero
-- in both has no relative change
since_first as (

    select
        rankings.year,
        rankings.stressor_id,
        rankings.region_id,
        first_years.first_year,
        earlier.footprint_per_capita as earlier_per_person,
        rankings.footprint_per_capita as later_per_person,
        case
            when
                earlier.footprint_per_capita > 0
                and rankings.footprint_per_capita > 0
                then
                    rankings.footprint_per_capita
                    / earlier.footprint_per_capita
        end as change_factor,
        {{ safe_divide(
            'sum(earlier.consumption_footprint) over years',
            'sum(earlier.population) over years'
        ) }} as earlier_mean,
        {{ safe_divide(
            'sum(rankings.consumption_footprint) over years',
            'sum(rankings.population) over years'
        ) }} as later_mean
    from rankings
    inner join first_years
        on
            rankings.stressor_id = first_years.stressor_id
            and rankings.year > first_years.first_year
    inner join rankings as earlier
        on
            first_years.first_year = earlier.year
            and rankings.stressor_id = earlier.stressor_id
            and rankings.region_id = earlier.region_id
    window years as (partition by rankings.year, rankings.stressor_id)

),

changes as (

    select
        since_first.year,
        since_first.stressor_id,
        since_first.first_year,
        since_first.region_id as change_region_id,
        since_first.earlier_per_person,
        since_first.later_per_person,
        since_first.change_factor,
        since_first.earlier_mean,
        since_first.later_mean,
        later.scope = earlier.scope as is_of_one_scope,
        count(since_first.change_factor) over years as changed_regions,
        count(*) filter (
            where {{ exceeds('since_first.change_factor', '1') }}
        ) over years as risen_regions
    from since_first
    inner join account_extents as later using (year, stressor_id)
    inner join account_extents as earlier
        on
            since_first.first_year = earlier.year
            and since_first.stressor_id = earlier.stressor_id
    window years as (partition by since_first.year, since_first.stressor_id)
    qualify
        row_number() over (
            partition by since_first.year, since_first.stressor_id
            order by
                abs(since_first.change_factor - 1) desc nulls last,
                since_first.region_id asc
        ) = 1

),

int_leading_regions as (

    select *
    from per_person
    inner join largest using (year, stressor_id)
    left join changes using (year, stressor_id)
    left join trade using (year, stressor_id)

)

select * from int_leading_regions
