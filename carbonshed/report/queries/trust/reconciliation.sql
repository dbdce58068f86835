select
    reconciliation.year,
    reconciliation.stressor_id,
    stressors.stressor_name,
    stressors.unit,
    reconciliation.emissions_in,
    reconciliation.attributed_to_consumption,
    reconciliation.attributed_to_exports,
    reconciliation.direct_emissions,
    reconciliation.unattributed,
    reconciliation.residual,
    reconciliation.relative_residual,
    reconciliation.is_closed
from reconciliation
inner join stressors using (stressor_id)
order by 1, 2
