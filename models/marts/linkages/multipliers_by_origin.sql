{# Where the emissions behind a product arise; docs/methods.md, Accounts. Off
   unless the var `by_origin` asks for it: it has a row for each product and
   region. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('by_origin')) }}

select
    intensities.year,
    intensities.stressor_id,
    products.region_id as product_region_id,
    products.sector_id as product_sector_id,
    intensities.region_id as origin_region_id,
    intensities.intensity,
    makers.region_name as product_region_name,
    origins.region_name as origin_region_name,
    't' as unit
from {{ ref('intensities_by_origin') }} as intensities
inner join {{ source('ingested', 'region_sectors') }} as products
    using (region_sector_id)
inner join {{ ref('regions') }} as makers
    on products.region_id = makers.region_id
inner join {{ ref('regions') }} as origins
    on intensities.region_id = origins.region_id
