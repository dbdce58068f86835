-- depends_on: {{ ref('solves') }}

select
    intensities.year,
    intensities.stressor_id,
    regions.region_id,
    intensities.region_sector_id,
    intensities.intensity
from {{ source('solve_store', 'intensities_by_origin') }} as intensities
inner join {{ ref('stg_regions') }} as regions using (region_position)
