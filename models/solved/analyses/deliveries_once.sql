{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

select
    year,
    region_sector_id,
    amount
from {{ source('solve_store', 'deliveries_once') }}
