select
    year,
    stressor_id,
    region_id,
    published_footprint * {{ unit_factor('unit') }} as published_emissions,
    extent,
    coalesce(leaves_out, '') as leaves_out,
    source
from {{ source('ingested', 'official_footprints') }}
