{# What each scenario does, row by row. #}

with

levers as (

    select * from {{ ref('int_scenario_levers') }}

),

regions as (

    select * from {{ ref('regions') }}

),

scenario_levers as (

    select
        levers.scenario_id,
        levers.lever_number,
        levers.scenario_name,
        levers.lever,
        levers.kind,
        levers.year,
        levers.region_id,
        levers.sector_id,
        levers.category_id,
        levers.benchmark_id,
        levers.cap_id,
        levers.factor,
        levers.cap_tonnes,
        levers.includes_power_supply,
        levers.acts_on_super_emitters,
        levers.is_user_scenario,
        regions.region_name
    from levers
    left join regions using (region_id)

)

select * from scenario_levers
