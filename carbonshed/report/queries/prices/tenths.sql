-- tenths of the people at the price that is shown first
select
    tenths.tenth,
    tenths.population,
    tenths.burden_spending_share,
    tenths.net_gain_per_capita,
    tenths.winners_share,
    tenths.sorted_by,
    household_inequality.regions_without_groups
from carbon_price_by_tenth as tenths
inner join carbon_price_summary as shown using (year, stressor_id, price_id)
left join household_inequality using (year, stressor_id)
where
    tenths.year = $year
    and tenths.stressor_id = $stressor
    and shown.is_default
order by tenths.tenth
