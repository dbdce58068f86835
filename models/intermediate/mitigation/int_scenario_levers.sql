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

int_scenario_levers as (

    select
        scenario_id,
        1 as lever_number,
        scenario_name,
        'intensity' as lever,
        'benchmark' as kind,
        cast(null as integer) as year,
        cast(null as varchar) as region_id,
        cast(null as varchar) as sector_id,
        cast(null as varchar) as category_id,
        benchmark_id,
        cast(null as varchar) as cap_id,
        cast(null as double) as factor,
        cast(null as double) as cap_tonnes,
        includes_power_supply,
        true as acts_on_super_emitters,
        false as is_user_scenario
    from shipped

    union all

    select
        scenario_id,
        2 as lever_number,
        scenario_name,
        'demand' as lever,
        'cap' as kind,
        cast(null as integer) as year,
        cast(null as varchar) as region_id,
        cast(null as varchar) as sector_id,
        cast(null as varchar) as category_id,
        cast(null as varchar) as benchmark_id,
        cap_id,
        cast(null as double) as factor,
        cast(null as double) as cap_tonnes,
        includes_power_supply,
        true as acts_on_super_emitters,
        false as is_user_scenario
    from shipped

    union all

    select
        user_scenarios.scenario_id,
        user_scenarios.row_number as lever_number,
        user_scenarios.scenario_id as scenario_name,
        user_scenarios.lever,
        user_scenarios.kind,
        user_scenarios.year,
        user_scenarios.region_id,
        user_scenarios.sector_id,
        user_scenarios.category_id,
        user_scenarios.benchmark_id,
        user_scenarios.cap_id,
        user_scenarios.factor,
        user_scenarios.cap_tonnes,
        user_scenarios.includes_power_supply,
        false as acts_on_super_emitters,
        true as is_user_scenario
    from user_scenarios

)

select * from int_scenario_levers
