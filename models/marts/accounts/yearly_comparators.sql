{# Which row of the seed speaks for each year: the nearest, and the earlier of
   two equally near ones; docs/methods.md, Rankings. #}

with

years as (

    select * from {{ ref('int_years') }}

),

comparators as (

    select * from {{ ref('comparators') }}

),

candidates as (

    select
        years.year,
        comparators.stressor_id,
        comparators.comparator_id,
        comparators.comparator_name,
        comparators.year as comparator_year,
        comparators.tonnes_per_person,
        comparators.source,
        row_number() over (
            partition by
                years.year,
                comparators.stressor_id,
                comparators.comparator_id
            order by
                abs(comparators.year - years.year),
                comparators.year
        ) as nearness
    from years
    cross join comparators

),

yearly_comparators as (

    select
        year,
        stressor_id,
        comparator_id,
        comparator_name,
        comparator_year,
        source,
        tonnes_per_person,
        't' as unit
    from candidates
    where nearness = 1

)

select * from yearly_comparators
