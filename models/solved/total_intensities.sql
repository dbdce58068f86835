-- depends_on: {{ ref('solves') }}

select
    year,
    stressor_id,
    region_sector_id,
    total_intensity
from {{ source('solve_store', 'total_intensities') }}
