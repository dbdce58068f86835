with

stressors as (

    select
        stressor_id,
        stressor_name,
        unit,
        description,
        is_mass,
        is_impact
    from {{ ref('int_stressors') }}

)

select * from stressors
