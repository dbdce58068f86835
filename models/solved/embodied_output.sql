with

by_position as (

    select * from {{ ref('embodied_output_by_position') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

embodied_output as (

    select
        by_position.year,
        by_position.origin_id,
        labels.region_id,
        labels.category_id,
        by_position.output
    from by_position
    inner join labels using (region_position, category_position)

)

select * from embodied_output
