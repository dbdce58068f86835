{# Suppliers of emissions to their buyers, for every buyer; docs/methods.md,
   Supply chains. #}

{{ config(enabled=is_chosen('analyses')) }}

with

links as (

    select * from {{ ref('link_shares') }}

),

producers as (

    select * from {{ ref('multipliers') }}

),

region_sectors as (

    select distinct
        sector_output.region_sector_id,
        sector_output.region_id,
        sector_output.sector_id,
        regions.region_name
    from {{ ref('int_sector_output') }} as sector_output
    inner join {{ ref('regions') }} as regions using (region_id)

),

buyers as (

    select
        region_sectors.region_sector_id,
        producers.*
    from producers
    inner join region_sectors using (region_id, sector_id)

),

supply_links as (

    select
        links.year,
        links.stressor_id,
        suppliers.region_id as supplier_region_id,
        suppliers.sector_id as supplier_sector_id,
        buyers.region_id as buyer_region_id,
        buyers.sector_id as buyer_sector_id,
        links.share,
        links.share * buyers.total_intensity as intensity,
        links.share * buyers.total_intensity * buyers.output as emissions,
        suppliers.region_name as supplier_region_name,
        buyers.region_name as buyer_region_name,
        't' as unit
    from links
    inner join buyers
        on
            links.year = buyers.year
            and links.stressor_id = buyers.stressor_id
            and links.buyer_id = buyers.region_sector_id
    inner join region_sectors as suppliers
        on links.supplier_id = suppliers.region_sector_id

)

select * from supply_links
