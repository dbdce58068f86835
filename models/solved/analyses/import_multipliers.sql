-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'import_multipliers') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

import_multipliers as (

    select
        source.year,
        source.region_sector_id,
        sectors.sector_id,
        source.multiplier
    from source
    inner join sectors on source.product_position = sectors.sector_position

)

select * from import_multipliers
