select * from {{ ref('stg_sectors') }}
