{# What every scenario does, in one form: the shipped scenarios act on the
   super-emitters that have the lever, a user's on what its rows name. A user's
   scenario takes the place of a shipped one of the same id. #}

with

scenarios as (

    select * from {{ ref('scenarios') }}

),

user_scenarios as (

    select * from {{ ref('stg_user_scenarios') }}

),

regions as (

    select * from {{ ref('regions') }}

),

replaced as (

    select distinct scenario_id
    from user_scenarios

),

shipped as (

    select scenarios.*
    from scenarios
    left join replaced using (scenario_id)
    where replaced.scenario_id is null

),

-- columns that a lever does not have are NULL
levers as (

    select
        scenario_id,
        1 as lever_number,
        scenario_name,
        'intensity' as lever,
        'benchmark' as kind,
        benchmark_id,
        includes_power_supply,
        true as acts_on_super_emitters,
        false as is_user_scenario
    from shipped

    union all by name

    select
        scenario_id,
        2 as lever_number,
        scenario_name,
        'demand' as lever,
        'scale_to_cap' as kind,
        cap_id,
        includes_power_supply,
        true as acts_on_super_emitters,
        false as is_user_scenario
    from shipped

    union all by name

    select
        * exclude (row_number, line),
        row_number as lever_number,
        scenario_id as scenario_name,
        false as acts_on_super_emitters,
        true as is_user_scenario
    from user_scenarios

),

scenario_levers as (

    select
        levers.*,
        regions.region_name
    from levers
    left join regions using (region_id)

)

select * from scenario_levers
