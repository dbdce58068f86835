{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

select
    year,
    region_sector_id,
    backward,
    forward,
    direct_backward,
    direct_forward,
    backward_within_region
from {{ source('solve_store', 'output_multipliers') }}
