with

source as (

    select * from {{ source('build', 'solves_before') }}

),

stg_solves_before as (

    select
        year,
        fingerprint,
        solved_at
    from source

)

select * from stg_solves_before
