-- the mean rise of the prices of a sector, weighted by the output of regions
select
    products.sector_id,
    sectors.sector_name,
    sum(products.price_increase * multipliers.output)
    / nullif(sum(multipliers.output), 0) as price_increase,
    sum(products.direct_increase * multipliers.output)
    / nullif(sum(multipliers.output), 0) as direct_increase
from carbon_price_products as products
inner join carbon_price_summary as shown using (year, stressor_id, price_id)
inner join multipliers using (year, stressor_id, region_id, sector_id)
inner join sectors on products.sector_id = sectors.sector_id
where
    products.year = $year
    and products.stressor_id = $stressor
    and shown.is_default
    and multipliers.output > 0
group by products.sector_id, sectors.sector_name
order by price_increase desc, products.sector_id asc
