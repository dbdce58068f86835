{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

select
    year,
    intensity_year,
    stressor_id,
    region_sector_id,
    intensity
from {{ source('solve_store', 'mixed_intensities') }}
