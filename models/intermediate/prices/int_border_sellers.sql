{# The sellers that are charged at the border of a zone, and how much a tonne.
   Regions in the zone pay nothing; a row that names a region or a sector counts before one
   for all. #}

{{ config(enabled=is_chosen('analyses')) }}

with

border_charges as (

    select * from {{ ref('stg_border_charges') }}

),

region_sectors as (

    select * from {{ source('ingested', 'region_sectors') }}

),

products as (

    select
        border_charges.charge_id,
        region_sectors.region_sector_id,
        region_sectors.region_id,
        region_sectors.sector_id
    from border_charges
    inner join region_sectors on border_charges.id = region_sectors.sector_id
    where border_charges.kind = 'product'

),

terms as (

    select
        products.charge_id,
        products.region_sector_id,
        max(case when charges.kind = 'price' then charges.value end) as price,
        max(
            case
                when
                    charges.kind = 'paid_at_home'
                    and charges.id = products.region_id
                    then charges.value
            end
        ) as paid_by_region,
        max(
            case
                when charges.kind = 'paid_at_home' and charges.id is null
                    then charges.value
            end
        ) as paid_by_all,
        max(
            case
                when
                    charges.kind = 'zone_share'
                    and charges.id = products.sector_id
                    then charges.value
            end
        ) as share_of_product,
        max(
            case
                when charges.kind = 'zone_share' and charges.id is null
                    then charges.value
            end
        ) as share_of_all,
        count(
            case
                when charges.kind = 'zone' and charges.id = 'EXPORT' then 1
            end
        ) > 0 as has_exports,
        count(
            case
                when charges.kind = 'zone' and charges.id = products.region_id
                    then 1
            end
        ) > 0 as is_in_zone
    from products
    inner join border_charges as charges
        on products.charge_id = charges.charge_id
    group by 1, 2

),

int_border_sellers as (

    select
        charge_id,
        region_sector_id,
        greatest(price - coalesce(paid_by_region, paid_by_all, 0), 0)
            as net_price,
        case
            when has_exports then coalesce(share_of_product, share_of_all, 1)
            else 0
        end as export_share,
        has_exports and coalesce(share_of_product, share_of_all) is null
            as is_share_assumed
    from terms
    where not is_in_zone

)

select * from int_border_sellers
