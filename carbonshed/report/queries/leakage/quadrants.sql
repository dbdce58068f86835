select
    quadrant,
    count(*) as regions,
    sum(net_emissions) as net_emissions,
    sum(net_value_added) as net_value_added
from trade_balances
where
    year = $year
    and stressor_id = $stressor
    and quadrant is not null
group by 1
order by 1
