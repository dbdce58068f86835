with

prepared as (

    select * from {{ ref('int_stressors') }}

),

stressors as (

    select
        stressor_id,
        stressor_name,
        unit,
        is_mass
    from prepared

)

select * from stressors
