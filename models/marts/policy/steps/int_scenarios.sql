{# The scenarios, with the choice behind each where it is one choice. #}

with

levers as (

    select * from {{ ref('int_scenario_levers') }}

),

int_scenarios as (

    select
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
            max(
                case
                    when lever = 'intensity'
                        then case when includes_power_supply then 1 else 0 end
                end
            ),
            1
        ) = 1 as includes_power_supply,
        max(case when is_user_scenario then 1 else 0 end) = 1
            as is_user_scenario
    from levers
    group by 1

)

select * from int_scenarios
