{# The deliveries of a region to others, each counted once, make the output that
   serves them, also where cells are negative: the sums of L by column within
   the region tell it, which only the var by_origin has solved for. Tolerance:
   1e-8 of the region's output, whatever its sign. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('by_origin')) }}

with

deliveries_once as (

    select * from {{ ref('deliveries_once') }}

),

multipliers as (

    select * from {{ ref('output_multipliers') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

delivered as (

    select
        deliveries_once.year,
        sector_output.region_id,
        sum(deliveries_once.amount * multipliers.backward_within_region)
            as output,
        sum(abs(sector_output.output)) as scale
    from deliveries_once
    inner join multipliers using (year, region_sector_id)
    inner join sector_output using (year, region_sector_id)
    group by 1, 2

),

served as (

    select
        embodied_output.year,
        sector_output.region_id,
        sum(embodied_output.output) as output
    from embodied_output
    inner join labels using (region_position, category_position)
    inner join sector_output
        on
            embodied_output.year = sector_output.year
            and embodied_output.origin_id = sector_output.region_sector_id
    where labels.region_id not in (sector_output.region_id, 'UNATTRIBUTED')
    group by 1, 2

)

select
    delivered.*,
    served.output as served
from delivered
left join served using (year, region_id)
where
    delivered.output is not null
    and not coalesce(
        abs(delivered.output - coalesce(served.output, 0))
        <= cast(1e-8 as double) * delivered.scale, false
    )
