{# Domestic value added of exports is what a region would not earn without them:
   its value added less that of chains which never leave it, for its own final
   users. Years in which something is delivered to sectors without output are
   left out: that is nobody's demand. Tolerance: 1e-9 of all value added. #}

{{ config(
    enabled=is_chosen('analyses') and is_chosen('exported_value_added')
) }}

with

value_added_in_exports as (

    select * from {{ ref('value_added_in_exports') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

own_chain_output as (

    select * from {{ source('solve_store', 'own_chain_output') }}

),

reported as (

    select * from {{ ref('int_reported_emissions') }}

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

unattributed as (

    select distinct year
    from embodied_output
    where region_position = -2

),

without_exports as (

    select
        intensities.year,
        intensities.region_id,
        sum(intensities.direct_intensity * intensities.output) as value_added,
        sum(intensities.direct_intensity * own_chain_output.output)
            as value_added_without_exports
    from intensities
    inner join own_chain_output
        on
            intensities.year = own_chain_output.year
            and intensities.region_sector_id = own_chain_output.origin_id
    where intensities.stressor_id = 'value_added'
    group by 1, 2

),

compared as (

    select
        exports.year,
        exports.region_id,
        exports.domestic_value_added,
        without_exports.value_added
        - without_exports.value_added_without_exports as lost_value_added,
        reported.emissions_in
    from value_added_in_exports as exports
    left join without_exports using (year, region_id)
    left join reported
        on
            exports.year = reported.year
            and reported.stressor_id = 'value_added'
    left join unattributed on exports.year = unattributed.year
    where unattributed.year is null

)

select * from compared
where
    not coalesce(
        abs(domestic_value_added - lost_value_added)
        <= cast(1e-9 as double) * abs(emissions_in), false
    )
