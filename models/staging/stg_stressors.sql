{# Any mass becomes tonnes; money and persons stay what they are. #}

with

source as (

    select * from {{ source('ingested', 'stressors') }}

),

stg_stressors as (

    select
        stressor_id,
        stressor_name,
        {{ mart_unit('unit') }} as unit,
        {{ unit_factor('unit') }} as unit_factor
    from source

)

select * from stg_stressors
