-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'total_intensities') }}

),

total_intensities as (

    select
        year,
        stressor_id,
        region_sector_id,
        total_intensity
    from source

)

select * from total_intensities
