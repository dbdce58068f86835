select
    balances.region_id,
    balances.region_name,
    balances.emissions_exported,
    balances.emissions_imported,
    balances.net_emissions,
    balances.value_added_exported,
    balances.value_added_imported,
    balances.net_value_added,
    balances.terms_of_trade_gross,
    balances.terms_of_trade,
    balances.quadrant
from trade_balances as balances
where
    balances.year = $year
    and balances.stressor_id = $stressor
order by balances.net_emissions desc, 1
