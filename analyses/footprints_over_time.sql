{# Whose footprint grew, and was it population or consumption per person? #}

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
    pairs.region_name,
    years.first_year,
    years.last_year,
    pairs.first_footprint,
    pairs.last_footprint,
    pairs.last_footprint - pairs.first_footprint as footprint_change,
    pairs.change_by_people,
    pairs.change_per_person,
    case
        when years.first_year = years.last_year
            then
                'one year only: the dataset has ' || years.last_year
                || ', and a change is between two'
    end as not_answered
from years
left join pairs
    on years.first_year < years.last_year
order by
    pairs.last_footprint - pairs.first_footprint desc,
    pairs.region_id asc
