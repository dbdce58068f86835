{# Small integers, to be joined and summed; names come after the sum. #}

-- depends_on: {{ ref('solves') }}

with

source as (

    select * from {{ source('solve_store', 'embodied_output') }}

),

embodied_output_by_position as (

    select
        year,
        origin_id,
        region_position,
        category_position,
        output
    from source

)

select * from embodied_output_by_position
