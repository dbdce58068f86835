-- the largest deliveries between two different producers
select
    links.supplier_region_id,
    links.supplier_sector_id,
    links.supplier_region_name as origin,
    supplying_sectors.sector_name as supplying_sector,
    links.buyer_region_id,
    links.buyer_sector_id,
    links.buyer_region_name as destination,
    buying_sectors.sector_name as buying_sector,
    links.emissions,
    links.share as buyer_share
from supply_links as links
inner join sectors as supplying_sectors
    on links.supplier_sector_id = supplying_sectors.sector_id
inner join sectors as buying_sectors
    on links.buyer_sector_id = buying_sectors.sector_id
where
    links.year = $year
    and links.stressor_id = $stressor
    and (
        links.supplier_region_id <> links.buyer_region_id
        or links.supplier_sector_id <> links.buyer_sector_id
    )
order by
    links.emissions desc,
    links.supplier_region_id asc,
    links.supplier_sector_id asc,
    links.buyer_region_id asc,
    links.buyer_sector_id asc
limit 100
