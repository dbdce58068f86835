select
    leakage.interregional_share,
    leakage.interregional_and_export_share,
    leakage.supply_chain_share,
    leakage.poor_to_rich_share,
    leakage.unknown_direction_share,
    findings.value as elsewhere_share
from leakage_summary as leakage
left join findings
    on
        leakage.year = findings.year
        and leakage.stressor_id = findings.stressor_id
        and findings.finding_id = 'arises_elsewhere'
where
    leakage.year = $year
    and leakage.stressor_id = $stressor
