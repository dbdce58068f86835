{# Emissions per unit of output and per unit of final demand; docs/methods.md,
   Accounts. Every region and sector has a row, also with zero output. #}

with

intensities as (

    select * from {{ ref('int_intensities') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

regions as (

    select * from {{ ref('regions') }}

),

multipliers as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_id,
        intensities.sector_id,
        intensities.direct_intensity,
        coalesce(total_intensities.total_intensity, 0) as total_intensity,
        intensities.output,
        intensities.unit,
        regions.region_name
    from intensities
    inner join regions using (region_id)
    left join total_intensities using (year, stressor_id, region_sector_id)

)

select * from multipliers
