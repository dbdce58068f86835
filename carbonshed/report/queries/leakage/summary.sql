select
    summary.interregional_share,
    summary.interregional_and_export_share,
    summary.supply_chain_share,
    summary.poor_to_rich_share,
    summary.unknown_direction_share,
    findings.value as elsewhere_share
from leakage_summary as summary
left join findings
    on
        summary.year = findings.year
        and summary.stressor_id = findings.stressor_id
        and findings.finding_id = 'arises_elsewhere'
where
    summary.year = $year
    and summary.stressor_id = $stressor
