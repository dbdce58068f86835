-- ranked regions at the price that is shown first, those with most people first
select
    burdens.region_id,
    burdens.region_name,
    regional.population,
    regional.gdp / nullif(regional.population, 0) as gdp_per_capita,
    burdens.household_spending / nullif(regional.population, 0)
        as spending_per_capita,
    burdens.price,
    burdens.burden,
    burdens.burden_per_capita,
    burdens.burden_gdp_share,
    burdens.household_burden_share,
    burdens.dividend / nullif(regional.population, 0) as dividend_per_capita,
    burdens.net_gain / nullif(regional.population, 0) as net_gain_per_capita,
    burdens.net_gain / nullif(regional.gdp, 0) as net_gain_gdp_share
from carbon_price_burden as burdens
inner join carbon_price_summary as shown using (year, stressor_id, price_id)
inner join regional_accounts as regional using (year, stressor_id, region_id)
where
    burdens.year = $year
    and burdens.stressor_id = $stressor
    and shown.is_default
    and regional.is_ranked
order by regional.population desc, burdens.region_id asc
