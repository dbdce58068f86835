{# The scenarios, with the choice behind each where it is one choice, and what
   their rows name for a year: a user's may name several, also in tonnes, each of
   them for one year. #}

with

years as (

    select * from {{ ref('int_years') }}

),

levers as (

    select * from {{ ref('scenario_levers') }}

),

yearly_levers as (

    select
        years.year,
        levers.* exclude (year),
        case
            when years.year = coalesce(levers.year, years.year)
                then levers.benchmark_id
        end as named_benchmark,
        case
            when years.year = coalesce(levers.year, years.year)
                then
                    coalesce(
                        levers.cap_id,
                        regexp_replace(
                            cast(levers.cap_tonnes as varchar), '[.]0$', ''
                        )
                        || ' t per person'
                    )
        end as named_cap
    from years
    cross join levers

),

int_scenarios as (

    select
        year,
        scenario_id,
        max(scenario_name) as scenario_name,
        -- of several benchmarks or caps none is the scenario's
        case
            when count(distinct benchmark_id) = 1 then max(benchmark_id)
        end as benchmark_id,
        case
            when count(distinct cap_id) = 1 and count(cap_tonnes) = 0
                then max(cap_id)
        end as cap_id,
        -- one row that acts on power supply is enough
        coalesce(
            bool_or(includes_power_supply) filter (where lever = 'intensity'),
            true
        ) as includes_power_supply,
        bool_or(is_user_scenario) as is_user_scenario,
        coalesce(
            string_agg(distinct named_benchmark, ', ' order by named_benchmark),
            'none'
        ) as benchmarks,
        coalesce(
            string_agg(distinct named_cap, ', ' order by named_cap), 'none'
        ) as caps
    from yearly_levers
    group by 1, 2

)

select * from int_scenarios
