select
    quotas.scenario_id,
    quotas.scenario_name,
    quotas.rule_id,
    quotas.benchmark_id,
    quotas.cap_id,
    quotas.includes_power_supply,
    quotas.receivers_share,
    quotas.quota,
    by_region.region_id,
    by_region.production_after,
    by_region.footprint_after,
    by_region.producer_quota,
    by_region.consumer_quota
from quota_summary as quotas
inner join
    quota_by_region as by_region
    using (year, stressor_id, scenario_id)
where
    quotas.year = $year
    and quotas.stressor_id = $stressor
    and not quotas.is_user_scenario
order by quotas.quota, quotas.scenario_id, by_region.region_id
