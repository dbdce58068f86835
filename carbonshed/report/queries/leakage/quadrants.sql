select
    quadrant,
    count(*) as regions,
    sum(net_transfer) as net_transfer,
    sum(net_value_added_transfer) as net_value_added_transfer
from trade_balances
where
    year = $year
    and stressor_id = $stressor
    and quadrant is not null
group by 1
order by 1
