{# Value added is counted like an emission, as soon as the dataset has any. #}

with

stressors as (

    select * from {{ ref('stg_stressors') }}

),

value_added as (

    select * from {{ ref('stg_value_added') }}

),

value_added_stressor as (

    select distinct
        'value_added' as stressor_id,
        'Value added' as stressor_name,
        'currency' as unit,
        cast(null as varchar) as description
    from value_added

),

all_stressors as (

    select
        stressor_id,
        stressor_name,
        unit,
        description
    from stressors

    union all

    select
        stressor_id,
        stressor_name,
        unit,
        description
    from value_added_stressor

),

int_stressors as (

    select
        stressor_id,
        stressor_name,
        unit,
        description,
        unit = 't' as is_mass,
        description is not null as is_impact
    from all_stressors

)

select * from int_stressors
