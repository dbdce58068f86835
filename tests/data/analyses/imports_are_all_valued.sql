{# What is emitted abroad for all that producers import is in a footprint, in
   exports, at producers without output, or behind what is delivered to these.
   Tolerance: 1e-9 of the amounts that are added up. #}

{{ config(enabled=is_chosen('analyses')) }}

with

imports_by_product as (

    select * from {{ source('solve_store', 'imports_by_product') }}

),

intensities as (

    select * from {{ ref('int_import_intensities') }}

),

sectors as (

    select * from {{ ref('sectors') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

footprints as (

    select * from {{ ref('footprints_with_imports') }}

),

imported_emissions as (

    select
        bought.year,
        intensities.stressor_id,
        intensities.method_id,
        bought.region_sector_id,
        sum(bought.amount * intensities.intensity) as emissions
    from imports_by_product as bought
    inner join sectors on bought.product_position = sectors.sector_position
    inner join intensities using (year, sector_id)
    where bought.region_sector_id is not null
    group by 1, 2, 3, 4

),

of_producers as (

    select
        purchases.year,
        purchases.stressor_id,
        purchases.method_id,
        purchases.region_sector_id,
        purchases.emissions,
        purchases.emissions / nullif(sector_output.output, 0) as per_output,
        sector_output.is_zero_output
    from imported_emissions as purchases
    inner join sector_output using (year, region_sector_id)

),

wanted as (

    select
        year,
        stressor_id,
        method_id,
        sum(emissions) as emissions,
        sum(abs(emissions)) as amount
    from of_producers
    group by 1, 2, 3

),

behind_unattributed as (

    select
        of_producers.year,
        of_producers.stressor_id,
        of_producers.method_id,
        sum(of_producers.per_output * embodied.output) as emissions
    from embodied_output as embodied
    inner join of_producers
        on
            embodied.year = of_producers.year
            and embodied.origin_id = of_producers.region_sector_id
    where
        embodied.region_position = -2
        and not of_producers.is_zero_output
    group by 1, 2, 3

),

found as (

    select
        year,
        stressor_id,
        method_id,
        sum(imports_in_production + imports_in_exports + imports_unattributed)
            as emissions
    from footprints
    group by 1, 2, 3

),

compared as (

    select
        wanted.year,
        wanted.stressor_id,
        wanted.method_id,
        wanted.emissions as wanted,
        found.emissions + coalesce(behind_unattributed.emissions, 0) as found,
        wanted.amount
    from wanted
    left join found using (year, stressor_id, method_id)
    left join behind_unattributed using (year, stressor_id, method_id)

)

select * from compared
where not coalesce(abs(wanted - found) <= cast(1e-9 as double) * amount, false)
