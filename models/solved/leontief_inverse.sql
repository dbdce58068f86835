-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'leontief_inverse') }}

),

leontief_inverse as (

    select
        year,
        origin_id,
        destination_id,
        requirement
    from source

)

select * from leontief_inverse
