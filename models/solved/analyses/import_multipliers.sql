{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

select
    multipliers.year,
    multipliers.region_sector_id,
    sectors.sector_id,
    multipliers.multiplier
from {{ source('solve_store', 'import_multipliers') }} as multipliers
inner join {{ ref('stg_sectors') }} as sectors
    on multipliers.product_position = sectors.sector_position
