{# A year whose solution was there when the build began has its rows in the long
   tables. Nothing else in them can have changed: fingerprints cover final demand
   and labels, and a solution with other intensities is not taken over. #}

{{ config(materialized="view") }}

with

solves as (

    select * from {{ ref('solves') }}

),

solves_before as (

    select * from {{ ref('stg_solves_before') }}

),

int_changed_years as (

    select solves.year
    from solves
    left join solves_before
        on
            solves.year = solves_before.year
            and solves.fingerprint = solves_before.fingerprint
            and solves.solved_at = solves_before.solved_at
    where solves_before.year is null

)

select * from int_changed_years
