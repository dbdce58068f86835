select
    balances.region_id,
    balances.region_name,
    balances.outflow_emissions,
    balances.inflow_emissions,
    balances.net_transfer,
    balances.net_value_added_transfer
from trade_balances as balances
where
    balances.year = $year
    and balances.stressor_id = $stressor
order by balances.net_transfer desc, 1
