{# Which deliveries between producers embody the most emissions? #}

with

scope as (

    {{ analysis_scope() }}

),

links as (

    select * from {{ ref('supply_links') }}

),

sectors as (

    select * from {{ ref('sectors') }}

),

largest as (

    select
        links.*,
        row_number() over (
            order by
                links.emissions desc,
                links.supplier_region_id asc,
                links.supplier_sector_id asc,
                links.buyer_region_id asc,
                links.buyer_sector_id asc
        ) as link_rank
    from scope
    inner join links using (year, stressor_id)

)

select
    supplying_sectors.sector_name as supplying_sector,
    largest.supplier_region_name as supplier,
    buying_sectors.sector_name as buying_sector,
    largest.buyer_region_name as buyer,
    largest.emissions,
    largest.share as share_of_buyer,
    largest.link_rank
from largest
inner join sectors as supplying_sectors
    on largest.supplier_sector_id = supplying_sectors.sector_id
inner join sectors as buying_sectors
    on largest.buyer_sector_id = buying_sectors.sector_id
where largest.link_rank <= 1000
order by largest.link_rank
