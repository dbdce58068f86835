select
    charge_id,
    kind,
    id,
    value
from {{ source('ingested', 'border_charges') }}
