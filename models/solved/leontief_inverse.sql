-- depends_on: {{ ref('solves') }}

select
    year,
    origin_id,
    destination_id,
    requirement
from {{ source('solve_store', 'leontief_inverse') }}
