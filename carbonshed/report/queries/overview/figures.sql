select
    inequality_indices.gini,
    largest_quotas.quota,
    largest_quotas.scenario_id,
    largest_quotas.scenario_name,
    largest_quotas.super_emitters,
    largest_quotas.premise,
    largest_quotas.premise_note
from leakage_summary
left join largest_quotas using (year, stressor_id)
left join inequality_indices
    on
        leakage_summary.year = inequality_indices.year
        and leakage_summary.stressor_id = inequality_indices.stressor_id
        and inequality_indices.measure = 'consumption_footprint'
where
    leakage_summary.year = $year
    and leakage_summary.stressor_id = $stressor
