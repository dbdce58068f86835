{# Everything that is emitted is enabled by an income or another input, or
   arises where there is no output. Years in which a sector without output
   sells to producers are left out: what it enables is nobody's. Tolerance:
   1e-9 of all emissions. #}

{{ config(enabled=is_chosen('analyses')) }}

with

responsibility as (

    select * from {{ ref('responsibility') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

intermediate_sales as (

    select * from {{ ref('stg_intermediate_sales') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

without_output as (

    select
        intensities.year,
        intensities.stressor_id,
        sum(intensities.emissions) as emissions,
        sum(coalesce(intermediate_sales.absolute_amount, 0)) as sales
    from intensities
    left join intermediate_sales using (year, region_sector_id)
    where intensities.is_zero_output
    group by 1, 2

),

enabled as (

    select
        year,
        stressor_id,
        sum(income_emissions + income_other_inputs) as emissions
    from responsibility
    where income_emissions is not null
    group by 1, 2

),

compared as (

    select
        enabled.year,
        enabled.stressor_id,
        reconciliation.emissions_in,
        enabled.emissions + coalesce(without_output.emissions, 0) as attributed
    from enabled
    inner join reconciliation using (year, stressor_id)
    left join without_output using (year, stressor_id)
    where coalesce(without_output.sales, 0) = 0

)

select * from compared
where
    not coalesce(
        abs(emissions_in - attributed)
        <= cast(1e-9 as double) * abs(emissions_in), false
    )
