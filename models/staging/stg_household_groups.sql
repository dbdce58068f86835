select
    year,
    region_id,
    group_id,
    group_name,
    cast(group_rank as integer) as group_rank,
    population,
    income,
    category_id
from {{ source('ingested', 'household_groups') }}
