with

caps as (

    select distinct
        year,
        stressor_id,
        cap_id as caps,
        cap_per_capita
    from quota_by_choice

)

select
    quotas.scenario_id,
    quotas.scenario_name,
    nullif(quotas.is_user_scenario, false) as is_user_scenario,
    quotas.is_largest,
    quotas.rule_id,
    quotas.super_emitters,
    quotas.benchmarks,
    quotas.caps,
    caps.cap_per_capita,
    quotas.includes_power_supply,
    sum(by_region.producer_quota) as producer_quota,
    sum(by_region.consumer_quota) as consumer_quota,
    quotas.quota,
    quotas.quota_share,
    quotas.national_emissions as emissions_in_all,
    quotas.projected_quota,
    quotas.projection_id,
    quotas.peak_emissions,
    quotas.peak_year,
    quotas.quota_uplift,
    quotas.quota_uplift_note,
    quotas.hardest_hit_region_id,
    quotas.hardest_hit_region_name,
    1 - quotas.smallest_demand_factor as largest_demand_cut,
    quotas.receivers_share,
    quotas.receiver_population_share,
    quotas.income_year,
    quotas.premise,
    quotas.premise_note,
    quotas.producer_premise,
    quotas.producer_premise_note,
    quotas.sectors_far_above,
    quotas.regions_far_above,
    quotas.share_far_above,
    quotas.receivers_above_givers,
    quotas.across_countries_note
from quota_summary as quotas
inner join quota_by_region as by_region using (year, stressor_id, scenario_id)
left join caps using (year, stressor_id, caps)
where
    quotas.year = $year
    and quotas.stressor_id = $stressor
group by all
order by quotas.quota, 1
