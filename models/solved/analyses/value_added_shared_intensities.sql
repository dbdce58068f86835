{# Without a row unless the var `shared_by_value_added` asks for them. #}

{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

with

shared_intensities as (

    {% if is_chosen('shared_by_value_added') %}
        select *
        from {{ source('solve_store', 'value_added_shared_intensities') }}
    {% else %}
        select
            cast(null as integer) as year,
            cast(null as varchar) as stressor_id,
            cast(null as integer) as region_sector_id,
            cast(null as double) as intensity,
            cast(null as double) as passed_share
        where false
    {% endif %}

)

select
    year,
    stressor_id,
    region_sector_id,
    intensity,
    passed_share
from shared_intensities
