{# Tenths of the people, poorest first, cut from the Lorenz curve: people of a
   region are alike, so a region that a cut crosses is in both parts, in
   proportion; docs/methods.md, Inequality. #}

with

lorenz_points as (

    select * from {{ ref('int_lorenz_points') }}

),

tenths as (

    select unnest(range(1, 11)) as decile

),

-- ten times the people whom a region and a tenth share: whole numbers
shared_people as (

    select
        lorenz_points.year,
        lorenz_points.stressor_id,
        lorenz_points.measure,
        cast(tenths.decile as integer) as decile,
        lorenz_points.population,
        lorenz_points.total_population,
        lorenz_points.amount,
        lorenz_points.amount_share,
        least(
            tenths.decile * lorenz_points.total_population,
            10 * lorenz_points.cumulative_population
        )
        - greatest(
            (tenths.decile - 1) * lorenz_points.total_population,
            10 * (
                lorenz_points.cumulative_population - lorenz_points.population
            )
        ) as people_times_ten
    from lorenz_points
    cross join tenths

),

parts as (

    select
        *,
        -- 1 of a region that stands in one tenth
        cast(people_times_ten as double) / (10 * population) as part
    from shared_people
    where people_times_ten > 0

),

inequality_deciles as (

    select
        year,
        stressor_id,
        measure,
        decile,
        cast(sum(people_times_ten) as double) / 10 as population,
        {{ safe_divide('sum(people_times_ten)', '10 * max(total_population)') }}
            as population_share,
        sum(amount * part) as amount,
        sum(amount_share * part) as amount_share,
        {{ safe_divide('10 * sum(amount * part)', 'sum(people_times_ten)') }}
            as per_capita,
        count(*) as regions,
        case when measure = 'gdp' then 'currency' else 't' end as unit
    from parts
    group by 1, 2, 3, 4

)

select * from inequality_deciles
