select
    category_id,
    category_name,
    category_group,
    category_position
from {{ source('ingested', 'final_demand_categories') }}
