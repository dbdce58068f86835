select * from {{ ref('stg_region_outlines') }}
