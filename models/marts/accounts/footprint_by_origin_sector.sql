{# Where the emissions behind a footprint happen; docs/methods.md, Accounts.
   Integers are joined, labels come last. #}

with

embodied_output as (

    select * from {{ ref('int_embodied_output_by_region') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

regions as (

    select * from {{ ref('regions') }}

),

footprint_by_origin_sector as (

    select
        embodied_output.year,
        intensities.stressor_id,
        regions.region_id,
        intensities.region_id as origin_region_id,
        intensities.sector_id as origin_sector_id,
        intensities.direct_intensity * embodied_output.output as emissions,
        intensities.unit,
        regions.region_name
    from embodied_output
    inner join intensities
        on
            embodied_output.year = intensities.year
            and embodied_output.origin_id = intensities.region_sector_id
    inner join regions using (region_position)
    where
        intensities.direct_intensity <> 0
        and intensities.direct_intensity * embodied_output.output <> 0

)

select * from footprint_by_origin_sector
