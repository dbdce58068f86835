select
    regional_accounts.year,
    regional_accounts.region_id,
    regional_accounts.region_name,
    regional_accounts.consumption_footprint,
    regional_accounts.footprint_per_capita
from regional_accounts
inner join footprint_rankings using (region_id, stressor_id)
where
    footprint_rankings.year = $year
    and footprint_rankings.stressor_id = $stressor
    and footprint_rankings.footprint_rank <= 7
order by footprint_rankings.footprint_rank, 2, 1
