{# Without a row unless the var `technology_split` asks for them. #}

{{ config(enabled=is_chosen('analyses')) }}

{% if is_chosen('technology_split') %}
-- depends_on: {{ ref('technology_splits') }}
{% endif %}

with

input_use_intensities as (

    {% if is_chosen('technology_split') %}
        select *
        from {{ source('solve_store', 'input_use_intensities') }}
    {% else %}
        select
            cast(null as integer) as year,
            cast(null as integer) as intensity_year,
            cast(null as varchar) as stressor_id,
            cast(null as integer) as region_sector_id,
            cast(null as double) as intensity
        where false
    {% endif %}

)

select
    year,
    intensity_year,
    stressor_id,
    region_sector_id,
    intensity
from input_use_intensities
