{# Emissions of power stations for the electricity that each producer buys, and
   the final users of each region; docs/methods.md, Three scopes. No rows without
   a sector of power supply. What sectors without output buy serves nobody. #}

{{ config(enabled=is_chosen('analyses')) }}

with

transactions as (

    select * from {{ ref('stg_transactions') }}

),

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

power_cells as (

    select
        sector_output.year,
        sector_output.region_sector_id as origin_id,
        sector_output.region_id as power_region_id
    from sector_output
    inner join sectors using (sector_id)
    where sectors.is_power_supply

),

sales as (

    select
        transactions.year,
        transactions.origin_id,
        power_cells.power_region_id,
        buyers.region_id,
        buyers.region_sector_id,
        transactions.amount
    from transactions
    inner join power_cells using (year, origin_id)
    inner join sector_output as buyers
        on
            transactions.year = buyers.year
            and transactions.destination_id = buyers.region_sector_id
    where not buyers.is_zero_output

    union all

    select
        final_demand.year,
        final_demand.origin_id,
        power_cells.power_region_id,
        final_demand.region_id,
        cast(null as integer) as region_sector_id,
        final_demand.amount
    from final_demand
    inner join power_cells using (year, origin_id)

),

int_grid_electricity as (

    select
        sales.year,
        intensities.stressor_id,
        sales.region_id,
        sales.region_sector_id,
        sum(
            case
                when sales.power_region_id = sales.region_id then 0
                else intensities.direct_intensity * sales.amount
            end
        ) as made_elsewhere,
        sum(intensities.direct_intensity * sales.amount) as emissions
    from sales
    inner join intensities
        on
            sales.year = intensities.year
            and sales.origin_id = intensities.region_sector_id
    inner join stressors using (stressor_id)
    where stressors.is_mass
    group by 1, 2, 3, 4

)

select * from int_grid_electricity
