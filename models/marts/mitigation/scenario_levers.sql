{# What each scenario does, row by row. #}

with

levers as (

    select * from {{ ref('int_scenario_levers') }}

),

scenario_levers as (

    select
        scenario_id,
        lever_number,
        scenario_name,
        lever,
        kind,
        year,
        region_id,
        sector_id,
        category_id,
        benchmark_id,
        cap_id,
        factor,
        cap_tonnes,
        includes_power_supply,
        acts_on_super_emitters,
        is_user_scenario
    from levers

)

select * from scenario_levers
