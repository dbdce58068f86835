-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'own_chain_output') }}

),

own_chain_output as (

    select
        year,
        origin_id,
        output
    from source

)

select * from own_chain_output
