{# With capital as an input, footprints, exports and what is nobody's still
   share out all emissions: replacing capital moves them to whom it serves.
   Tolerance: 1e-9 of all emissions. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('capital')) }}

with

capital_footprints as (

    select * from {{ ref('capital_footprints') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

replaced_capital as (

    select * from {{ ref('int_replaced_capital') }}

),

reported as (

    select * from {{ ref('int_reported_emissions') }}

),

regions as (

    select
        footprints.year,
        footprints.stressor_id,
        sum(footprints.footprint_with_capital) as footprints,
        sum(accounts.export_emissions) as exports,
        sum(accounts.unattributed_emissions) as unattributed
    from capital_footprints as footprints
    inner join accounts using (year, stressor_id, region_id)
    group by 1, 2

),

-- capital that is used up for no region
elsewhere as (

    select
        year,
        stressor_id,
        sum(emissions) as emissions
    from replaced_capital
    where destination_region_id in ('EXPORT', 'UNATTRIBUTED')
    group by 1, 2

),

compared as (

    select
        regions.year,
        regions.stressor_id,
        reported.emissions_in,
        regions.footprints
        + regions.exports
        + regions.unattributed
        + coalesce(elsewhere.emissions, 0) as attributed
    from regions
    inner join reported using (year, stressor_id)
    left join elsewhere using (year, stressor_id)

)

select * from compared
where
    not coalesce(
        abs(emissions_in - attributed)
        <= cast(1e-9 as double) * abs(emissions_in), false
    )
