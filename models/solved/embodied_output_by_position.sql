{# Small integers, to be joined and summed; names come after the sum. #}

-- depends_on: {{ ref('solves') }}

select
    year,
    origin_id,
    region_position,
    category_position,
    output
from {{ source('solve_store', 'embodied_output') }}
