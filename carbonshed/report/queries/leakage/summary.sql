select
    interregional_share,
    interregional_and_export_share,
    supply_chain_share,
    poor_to_rich_share,
    unknown_direction_share
from leakage_summary
where
    year = $year
    and stressor_id = $stressor
