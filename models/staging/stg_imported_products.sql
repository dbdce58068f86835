select
    imported_products.year,
    imported_products.region_id,
    imported_products.sector_id,
    imported_products.category_id,
    imported_products.product_id,
    imported_products.value * dataset.currency_unit as amount
from {{ source('ingested', 'imported_products') }} as imported_products
cross join {{ source('ingested', 'dataset') }} as dataset
