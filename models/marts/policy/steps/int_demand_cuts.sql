{# How far scenarios cut demand, and whose most; docs/methods.md, Quota. #}

with

scenario_demand as (

    select * from {{ ref('int_scenario_demand') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

cells as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        least(demand_factor, direct_factor) as factor,
        min(least(demand_factor, direct_factor)) over (
            partition by year, stressor_id, scenario_id
        ) as smallest_factor
    from scenario_demand

),

-- of equals, but for rounding, the first
summed as (

    select
        year,
        stressor_id,
        scenario_id,
        count(*) as changed_cells,
        min(factor) as smallest_demand_factor,
        min(
            case
                when
                    smallest_factor < 1
                    and not ({{ exceeds('factor', 'smallest_factor') }})
                    then region_id
            end
        ) as region_id
    from cells
    group by 1, 2, 3

),

int_demand_cuts as (

    select
        summed.year,
        summed.stressor_id,
        summed.scenario_id,
        summed.changed_cells,
        summed.smallest_demand_factor,
        summed.region_id as hardest_hit_region_id,
        regions.region_name as hardest_hit_region_name
    from summed
    left join regions using (region_id)

)

select * from int_demand_cuts
