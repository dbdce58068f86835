-- a name that two regions share has an English one only if they share that too
select
    region_name,
    min(region_name_en) as region_name_en
from regions
group by region_name
having count(*) = count(region_name_en) and count(distinct region_name_en) = 1
order by region_name
