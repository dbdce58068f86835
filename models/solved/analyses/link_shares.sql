{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('link_selections') }}

select
    year,
    stressor_id,
    supplier_id,
    buyer_id,
    share
from {{ source('solve_store', 'link_shares') }}
