{# Emissions behind a sector and after it, and those that pass through;
   docs/methods.md, Linkages. Only where there is an output to divide by. #}

{{ config(enabled=is_chosen('analyses')) }}

with

intensities as (

    select * from {{ ref('int_intensities') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

downstream_intensities as (

    select * from {{ ref('downstream_intensities') }}

),

intermediate_sales as (

    select * from {{ ref('stg_intermediate_sales') }}

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

regions as (

    select * from {{ ref('regions') }}

),

-- zeros are left out; nothing at all unless the var asks for them
own_intensities as (

    {% if is_chosen('by_origin') %}
        select * from {{ ref('intensities_by_origin') }}
    {% else %}
        select
            year,
            stressor_id,
            region_id,
            region_sector_id,
            cast(null as double) as intensity
        from intensities
        where false
    {% endif %}

),

-- deliveries to sectors without output end there
unattributed as (

    select
        year,
        origin_id as region_sector_id,
        output
    from embodied_output
    where region_position = -2

),

emission_linkages as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_id,
        intensities.sector_id,
        total_intensities.total_intensity as upstream_intensity,
        downstream_intensities.intensity as downstream_intensity,
        {{ safe_divide(
            'total_intensities.total_intensity',
            'avg(total_intensities.total_intensity) over accounted'
        ) }} as upstream_index,
        {{ safe_divide(
            'downstream_intensities.intensity',
            'avg(downstream_intensities.intensity) over accounted'
        ) }} as downstream_index,
        (total_intensities.total_intensity - intensities.direct_intensity)
        * (
            coalesce(intermediate_sales.amount, 0)
            - coalesce(unattributed.output, 0)
        ) as transmission,
        {{ safe_divide(
            'coalesce(own_intensities.intensity, '
            ~ ('0' if is_chosen('by_origin') else 'null') ~ ')',
            'total_intensities.total_intensity'
        ) }} as own_region_share,
        intensities.unit,
        regions.region_name
    from intensities
    inner join total_intensities using (year, stressor_id, region_sector_id)
    inner join downstream_intensities
        using (year, stressor_id, region_sector_id)
    inner join regions using (region_id)
    left join intermediate_sales using (year, region_sector_id)
    left join unattributed using (year, region_sector_id)
    left join own_intensities
        using (year, stressor_id, region_id, region_sector_id)
    where not intensities.is_zero_output
    window accounted as (partition by intensities.year, intensities.stressor_id)

)

select * from emission_linkages
