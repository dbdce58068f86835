{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

select
    year,
    coverage_id,
    stressor_id,
    region_sector_id,
    intensity
from {{ source('solve_store', 'covered_intensities') }}
