{# What cleaner producers would leave unemitted at full demand, in all and
   inside what single consumers demand; docs/methods.md, Sensitivity. Only for
   regions that some rule selects. #}

with

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

gaps as (

    select * from {{ ref('int_intensity_gaps') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

capped_groups as (

    select * from {{ ref('capped_groups') }}

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

output_totals as (

    select * from {{ ref('int_embodied_output_totals') }}

),

producers as (

    select distinct
        year,
        stressor_id,
        region_id
    from super_emitters
    where is_selected and has_producer_lever

),

acting_stressors as (

    select distinct stressor_id
    from producers

),

consumers as (

    select distinct
        year,
        stressor_id,
        region_id
    from super_emitters
    where is_selected and has_consumer_lever

),

capped_demand as (

    select
        consumers.year,
        consumers.stressor_id,
        consumers.region_id,
        labels.region_position,
        labels.category_position
    from consumers
    inner join labels using (region_id)
    inner join categories using (category_id)
    inner join capped_groups using (category_group)

),

excesses as (

    select
        gaps.year,
        gaps.stressor_id,
        gaps.benchmark_id,
        gaps.region_id,
        gaps.region_sector_id,
        gaps.excess_intensity,
        sectors.is_power_supply
    from gaps
    inner join producers using (year, stressor_id, region_id)
    inner join sectors using (sector_id)
    where gaps.excess_intensity > 0

),

-- everything that a producer makes, and what it makes for the capped demand of
-- each consumer
outputs as (

    select
        output_totals.year,
        acting_stressors.stressor_id,
        output_totals.origin_id,
        cast(null as varchar) as consumer_region_id,
        output_totals.output
    from output_totals
    cross join acting_stressors

    union all

    select
        embodied_output.year,
        capped_demand.stressor_id,
        embodied_output.origin_id,
        capped_demand.region_id as consumer_region_id,
        sum(embodied_output.output) as output
    from embodied_output
    inner join capped_demand using (year, region_position, category_position)
    group by 1, 2, 3, 4

),

int_sensitivity_cuts as (

    select
        excesses.year,
        excesses.stressor_id,
        excesses.benchmark_id,
        excesses.region_id as producer_region_id,
        outputs.consumer_region_id,
        sum(excesses.excess_intensity * outputs.output) as cut,
        sum(
            case
                when excesses.is_power_supply
                    then excesses.excess_intensity * outputs.output
                else 0
            end
        ) as power_supply_cut
    from excesses
    inner join outputs
        on
            excesses.year = outputs.year
            and excesses.stressor_id = outputs.stressor_id
            and excesses.region_sector_id = outputs.origin_id
    group by 1, 2, 3, 4, 5

)

select * from int_sensitivity_cuts
