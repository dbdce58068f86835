{# Any mass becomes tonnes; money and persons stay what they are. An impact is a
   stressor that is made of others. Value added is counted like an emission, as
   soon as the dataset has any. #}

{%- set most_named = 8 %}

with

source as (

    select * from {{ source('ingested', 'stressors') }}

),

impact_factors as (

    select * from {{ ref('stg_impact_factors') }}

),

value_added as (

    select * from {{ ref('stg_value_added') }}

),

terms as (

    select
        impact_id,
        impact_name,
        stressor_position,
        case when stressor_position > 1 then ', ' else '' end
        || stressor_id || ' x '
        || regexp_replace(cast(factor as varchar), '\.0$', '') as term
    from impact_factors

),

impacts as (

    select
        impact_id,
        max(impact_name) as impact_name,
        'Sum of '
        {% for position in range(1, most_named + 1) %}
            || coalesce(
                max(case when stressor_position = {{ position }} then term end),
                ''
            )
        {% endfor %}
        || case
            when count(*) > {{ most_named }}
                then
                    ' and ' || cast(count(*) - {{ most_named }} as varchar)
                    || ' more'
            else ''
        end
        || ', in tonnes' as description
    from terms
    group by 1

),

all_stressors as (

    select
        stressor_id,
        stressor_name,
        case when unit in ('currency', 'person') then unit else 't' end as unit,
        {{ unit_factor('unit') }} as unit_factor,
        cast(null as varchar) as description
    from source

    union all

    select
        impact_id as stressor_id,
        impact_name as stressor_name,
        't' as unit,
        cast(1 as double) as unit_factor,
        description
    from impacts

    union all

    select distinct
        'value_added' as stressor_id,
        'Value added' as stressor_name,
        'currency' as unit,
        cast(1 as double) as unit_factor,
        cast(null as varchar) as description
    from value_added

),

int_stressors as (

    select
        stressor_id,
        stressor_name,
        unit,
        unit_factor,
        description,
        unit = 't' as is_mass,
        description is not null as is_impact,
        -- a tonne of anything else has no price
        unit = 't' and (stressor_id = 'co2' or description is not null)
            as is_priced
    from all_stressors

)

select * from int_stressors
