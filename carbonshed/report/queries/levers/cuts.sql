with

capped as (

    select categories.category_id
    from stg_final_demand_categories as categories
    inner join capped_groups using (category_group)

),

-- small numbers for what is summed by: names take twice the time
excesses as (

    select
        gaps.region_id,
        gaps.benchmark_id,
        sectors.is_power_supply,
        gaps.region_sector_id,
        gaps.excess_intensity,
        dense_rank() over (
            order by gaps.region_id, gaps.benchmark_id, sectors.is_power_supply
        ) as row_number
    from int_intensity_gaps as gaps
    inner join stg_sectors as sectors using (sector_id)
    where
        gaps.year = $year
        and gaps.stressor_id = $stressor
        and gaps.excess_intensity > 0

),

row_labels as (

    select distinct
        row_number,
        region_id,
        benchmark_id,
        is_power_supply
    from excesses

),

-- position -2 is of zero outputs, which serve nobody
cuts as (

    select
        excesses.row_number,
        embodied_output.region_position,
        embodied_output.category_position,
        sum(excesses.excess_intensity * embodied_output.output) as cut
    from embodied_output_by_position as embodied_output
    inner join excesses
        on embodied_output.origin_id = excesses.region_sector_id
    where
        embodied_output.year = $year
        and embodied_output.region_position <> -2
    group by 1, 2, 3

)

select
    row_labels.region_id,
    row_labels.benchmark_id,
    row_labels.is_power_supply,
    demand.region_id as destination_region_id,
    coalesce(
        sum(cuts.cut) filter (where capped.category_id is not null), 0
    ) as capped,
    coalesce(sum(cuts.cut) filter (where capped.category_id is null), 0)
        as other
from cuts
inner join row_labels using (row_number)
inner join demand_labels as demand using (region_position, category_position)
left join capped using (category_id)
group by 1, 2, 3, 4
order by 1, 2, 3, 4
