{# Footprints of regions and where they are emitted; of a compiled table, ends
   of what it and all its variants say. What they say differently is NULL. #}

{%- set hardly_any = 0.015 %}
{%- set worth_saying = 0.04 %}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

suppliers as (

    select * from {{ ref('int_main_suppliers') }}

),

variants as (

    select * from {{ ref('variant_figures') }}

),

terms as (

    select * from {{ ref('int_finding_terms') }}

),

own as (

    select
        accounts.*,
        suppliers.* exclude (year, stressor_id, region_id)
    from accounts
    inner join terms using (year, stressor_id)
    left join suppliers using (year, stressor_id, region_id)

),

-- the table itself, and each of its variants
tables as (

    select * from own

    union all by name

    select
        own.year,
        own.stressor_id,
        own.region_id,
        own.population,
        variants.consumption_footprint,
        variants.production_emissions,
        variants.inflow_emissions,
        variants.outflow_emissions,
        variants.main_supplier_region_id,
        variants.main_supplier_emissions,
        variants.largest_inflow
    from own
    inner join variants using (year, stressor_id, region_id)

),

measured as (

    select
        *,
        consumption_footprint / coalesce(nullif(population, 0), 1) as amount,
        {{ part_of_whole('inflow_emissions', 'consumption_footprint') }}
            as elsewhere_share,
        {{ exceeds('outflow_emissions', 'inflow_emissions') }} as is_serving,
        {{ part_of_whole('outflow_emissions', 'production_emissions') }}
            as serving_share,
        {{ safe_divide('main_supplier_emissions', 'inflow_emissions') }}
            as supplier_share
    from tables

),

-- what all of them say alike
agreed as (

    select
        year,
        stressor_id,
        region_id,
        count(*) as estimates,
        any_value(population) > 0 as is_per_person,
        min(amount) as lowest,
        max(amount) as highest,
        case
            when count(elsewhere_share) = count(*) then min(elsewhere_share)
        end
            as lowest_elsewhere,
        max(elsewhere_share) as highest_elsewhere,
        case
            when
                bool_and(is_serving)
                and count(serving_share) = count(*)
                and min(serving_share) >= {{ worth_saying }}
                and lowest_elsewhere is not null
                then min(serving_share)
        end as lowest_serving,
        max(serving_share) as highest_serving,
        case
            when
                count(distinct main_supplier_region_id) = 1
                and count(main_supplier_region_id) = count(*)
                and max(equals) = 1
                and lowest_elsewhere >= {{ hardly_any }}
                then any_value(main_supplier_region_id)
        end as supplier_region_id,
        min(supplier_share) > 0.5 as is_most_there,
        not is_most_there
        and bool_and(main_supplier_emissions = largest_inflow)
            as is_largest_there,
        not is_most_there and not is_largest_there as is_largest_ranked_there
    from measured
    group by 1, 2, 3

)

select * from agreed
