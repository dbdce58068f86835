{# Footprints per person beside those of the first year, of ranked regions in
   both; docs/methods.md, Findings. #}

with

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

extents as (

    select * from {{ ref('account_extents') }}

),

first_years as (

    select
        stressor_id,
        min(year) as first_year
    from rankings
    group by 1

),

-- what is not above zero in both years has no relative change
int_changes_per_person as (

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
        later_extents.scope = earlier_extents.scope as is_of_one_extent,
        earlier.consumption_footprint as earlier_footprint,
        rankings.consumption_footprint as later_footprint,
        earlier.population as earlier_population,
        rankings.population as later_population
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
    inner join extents as later_extents
        on
            rankings.year = later_extents.year
            and rankings.stressor_id = later_extents.stressor_id
    inner join extents as earlier_extents
        on
            first_years.first_year = earlier_extents.year
            and rankings.stressor_id = earlier_extents.stressor_id

)

select * from int_changes_per_person
