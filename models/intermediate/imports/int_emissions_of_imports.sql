{# Where emissions behind imports go: footprints, exports, and nobody. Four sums
   of the same form, by who answers for them; docs/methods.md, Full scope. #}

{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

with

imports_by_product as (

    select * from {{ source('solve_store', 'imports_by_product') }}

),

intensities as (

    select * from {{ ref('int_import_intensities') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

output_by_region as (

    select * from {{ ref('int_embodied_output_by_region') }}

),

output_by_position as (

    select * from {{ ref('embodied_output_by_position') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

-- a producer has no category, a final user no region-sector
imported_emissions as (

    select
        bought.year,
        intensities.stressor_id,
        intensities.method_id,
        bought.region_sector_id,
        regions.region_id,
        bought.category_position,
        sum(bought.amount * intensities.intensity) as emissions
    from imports_by_product as bought
    inner join sectors on bought.product_position = sectors.sector_position
    inner join intensities using (year, sector_id)
    inner join regions using (region_position)
    group by 1, 2, 3, 4, 5, 6

),

of_producers as (

    select
        purchases.year,
        purchases.stressor_id,
        purchases.method_id,
        purchases.region_sector_id,
        purchases.region_id,
        purchases.emissions,
        case
            when not sector_output.is_zero_output
                then
                    {{ safe_divide(
                        'purchases.emissions', 'sector_output.output'
                    ) }}
        end as per_output,
        sector_output.is_zero_output
    from imported_emissions as purchases
    inner join sector_output using (year, region_sector_id)

),

amounts as (

    select
        of_producers.year,
        of_producers.stressor_id,
        of_producers.method_id,
        regions.region_id,
        'in_production' as destination,
        sum(of_producers.per_output * embodied.output) as emissions
    from output_by_region as embodied
    inner join of_producers
        on
            embodied.year = of_producers.year
            and embodied.origin_id = of_producers.region_sector_id
    inner join regions using (region_position)
    where not of_producers.is_zero_output
    group by 1, 2, 3, 4

    union all

    select
        of_producers.year,
        of_producers.stressor_id,
        of_producers.method_id,
        of_producers.region_id,
        'in_exports' as destination,
        sum(of_producers.per_output * embodied.output) as emissions
    from output_by_position as embodied
    inner join of_producers
        on
            embodied.year = of_producers.year
            and embodied.origin_id = of_producers.region_sector_id
    where
        not of_producers.is_zero_output
        -- exports
        and embodied.region_position = -1
    group by 1, 2, 3, 4

    union all

    select
        year,
        stressor_id,
        method_id,
        region_id,
        'unattributed' as destination,
        sum(emissions) as emissions
    from of_producers
    where is_zero_output
    group by 1, 2, 3, 4

    union all

    select
        year,
        stressor_id,
        method_id,
        region_id,
        'of_final_users' as destination,
        sum(emissions) as emissions
    from imported_emissions
    where region_sector_id is null
    group by 1, 2, 3, 4

),

int_emissions_of_imports as (

    select
        year,
        stressor_id,
        method_id,
        region_id,
    {% for destination in [
        'in_production', 'of_final_users', 'in_exports', 'unattributed'
    ] %}
        sum(
            case
                when destination = '{{ destination }}' then emissions
                else 0
            end
        ) as {{ destination }}{{ "," if not loop.last }}
    {% endfor %}
    from amounts
    group by 1, 2, 3, 4

)

select * from int_emissions_of_imports
