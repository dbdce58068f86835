{# What the rows of a scenario name for a year. A user's may name several, also
   in tonnes, each of them for one year. #}

with

years as (

    select * from {{ ref('int_years') }}

),

levers as (

    select * from {{ ref('int_scenario_levers') }}

),

named as (

    select
        years.year,
        levers.scenario_id,
        levers.benchmark_id,
        coalesce(
            levers.cap_id,
            regexp_replace(cast(levers.cap_tonnes as varchar), '[.]0$', '')
            || ' t per person'
        ) as cap
    from years
    inner join levers on years.year = coalesce(levers.year, years.year)

),

int_scenario_limits as (

    select
        year,
        scenario_id,
        string_agg(distinct benchmark_id, ', ' order by benchmark_id)
            as benchmarks,
        string_agg(distinct cap, ', ' order by cap) as caps
    from named
    group by 1, 2

)

select * from int_scenario_limits
