{# What is emitted abroad for what each buyer imports. #}

with

imports_by_product as (

    select * from {{ ref('imports_by_product') }}

),

intensities as (

    select * from {{ ref('int_import_intensities') }}

),

int_imported_emissions as (

    select
        bought.year,
        intensities.stressor_id,
        intensities.method_id,
        bought.region_sector_id,
        bought.region_id,
        bought.category_id,
        sum(bought.amount * intensities.intensity) as emissions
    from imports_by_product as bought
    inner join intensities using (year, sector_id)
    group by 1, 2, 3, 4, 5, 6

)

select * from int_imported_emissions
