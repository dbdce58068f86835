with

stressors as (

    select
        stressor_id,
        stressor_name,
        unit,
        is_mass
    from {{ ref('int_stressors') }}

)

select * from stressors
