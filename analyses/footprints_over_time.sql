{# Whose footprint grew, and did the people or their consumption grow? #}

with

scope as (

    {{ analysis_scope(['stressor_id']) }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('footprint_rankings') }}

),

years as (

    select
        min(year) as first_year,
        max(year) as last_year
    from accounts

),

pairs as (

    select
        earlier.region_id,
        earlier.region_name,
        earlier.year as first_year,
        later.year as last_year,
        earlier.consumption_footprint as first_footprint,
        later.consumption_footprint as last_footprint,
        (later.population - earlier.population)
        * (later.footprint_per_capita + earlier.footprint_per_capita) / 2
            as change_by_people,
        (later.footprint_per_capita - earlier.footprint_per_capita)
        * (later.population + earlier.population) / 2
            as change_per_person
    from years
    inner join accounts as later
        on years.last_year = later.year
    inner join rankings using (year, stressor_id, region_id)
    inner join scope using (stressor_id)
    inner join accounts as earlier
        on
            years.first_year = earlier.year
            and later.stressor_id = earlier.stressor_id
            and later.region_id = earlier.region_id

)

select
    region_name,
    first_year,
    last_year,
    first_footprint,
    last_footprint,
    last_footprint - first_footprint as footprint_change,
    change_by_people,
    change_per_person
from pairs
order by last_footprint - first_footprint desc, region_id asc
