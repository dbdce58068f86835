{# Where the emissions behind a footprint happen; docs/methods.md, Accounts.
   Integers are joined, labels come last. Rows are made three times where small ones
   are summed, for all at once take memory and are no faster. #}

with

origins as not materialized (

    select
        embodied_output.year,
        intensities.stressor_id,
        regions.region_id,
        intensities.region_id as origin_region_id,
        intensities.sector_id as origin_sector_id,
        intensities.direct_intensity * embodied_output.output as emissions,
        emitters.region_name as origin_region_name,
        intensities.unit,
        regions.region_name
    from {{ ref('int_embodied_output_by_region') }} as embodied_output
    inner join {{ ref('int_intensities') }} as intensities
        on
            embodied_output.year = intensities.year
            and embodied_output.origin_id = intensities.region_sector_id
    inner join {{ ref('regions') }} as regions using (region_position)
    inner join {{ ref('regions') }} as emitters
        on intensities.region_id = emitters.region_id
    where
        intensities.direct_intensity <> 0
        and intensities.direct_intensity * embodied_output.output <> 0

)

{{ small_rows_summed(
    'origins', 'origin', chosen_var('smallest_share'), amounts=['emissions']
) }}
