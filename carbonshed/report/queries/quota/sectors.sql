select
    by_sector.sector_id,
    sectors.sector_name,
    sectors.is_power_supply,
    sum(by_sector.emissions_before) as emissions_before,
    sum(by_sector.emissions_after) as emissions_after,
    sum(by_sector.reduction) as reduction
from quota_by_sector as by_sector
inner join quota_summary as quotas using (year, stressor_id, scenario_id)
inner join sectors using (sector_id)
where
    by_sector.year = $year
    and by_sector.stressor_id = $stressor
    and quotas.is_largest
group by 1, 2, 3
order by 6 desc, 1
