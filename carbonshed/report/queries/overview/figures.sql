select
    inequality_indices.gini,
    largest.quota,
    largest.scenario_id,
    largest.scenario_name,
    largest.super_emitters,
    largest.premise,
    largest.premise_note
from leakage_summary
left join quota_summary as largest
    on
        leakage_summary.year = largest.year
        and leakage_summary.stressor_id = largest.stressor_id
        and largest.is_largest
left join inequality_indices
    on
        leakage_summary.year = inequality_indices.year
        and leakage_summary.stressor_id = inequality_indices.stressor_id
        and inequality_indices.measure = 'consumption_footprint'
where
    leakage_summary.year = $year
    and leakage_summary.stressor_id = $stressor
