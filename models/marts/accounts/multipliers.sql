{# Emissions per unit of output and per unit of final demand; docs/methods.md,
   Accounts. Every region and sector has a row, also with zero output. #}

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
from {{ ref('int_intensities') }} as intensities
inner join {{ ref('regions') }} as regions using (region_id)
left join {{ ref('total_intensities') }} as total_intensities
    using (year, stressor_id, region_sector_id)
