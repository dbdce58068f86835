select
    by_region.region_id,
    by_region.scenario_id,
    quotas.scenario_name,
    by_region.production_before,
    by_region.production_after,
    by_region.footprint_before,
    by_region.footprint_after,
    by_region.producer_quota,
    by_region.consumer_quota,
    by_region.quota
from quota_by_region as by_region
inner join quota_summary as quotas using (year, stressor_id, scenario_id)
where
    by_region.year = $year
    and by_region.stressor_id = $stressor
order by by_region.region_id, quotas.quota, by_region.scenario_id
