{# Pairs of consecutive years; docs/methods.md, Change between two years.
   Without analyses none is compared, and nothing is solved for it. #}

with

years as (

    select year from {{ ref('int_years') }}

),

deflators as (

    select * from {{ ref('stg_deflators') }}

),

pairs as (

    select
        year,
        lag(year) over (order by year) as base_year
    from years

),

-- a price index of all years changes nothing
deflated_years as (

    select distinct year
    from deflators
    where year is not null

),

int_year_pairs as (

    select
        pairs.year,
        pairs.base_year,
        count(deflated_years.year) > 0 as is_deflated
    from pairs
    left join deflated_years
        on deflated_years.year in (pairs.year, pairs.base_year)
    where pairs.base_year is not null and {{ is_chosen('analyses') }}
    group by 1, 2

)

select * from int_year_pairs
