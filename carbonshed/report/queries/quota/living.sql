select
    living.scenario_id,
    quotas.scenario_name,
    living.allocation_rule,
    living.receivers,
    living.receiver_population_share,
    living.income_before,
    living.income_after,
    living.income_threshold,
    living.band_before,
    living.band_after,
    living.reaches_threshold,
    living.share_at_threshold_before,
    living.share_at_threshold_after,
    living.largest_income_factor,
    living.gini_before,
    living.gini_after,
    living.reaches_threshold_before,
    living.receivers_above_givers,
    living.income_elasticity,
    living.curve_r_squared
from living_standards as living
inner join quota_summary as quotas using (year, stressor_id, scenario_id)
where
    living.year = $year
    and living.stressor_id = $stressor
    and living.premise = 'holds'
    and living.income_after is not null
order by quotas.quota, 1, 3
