select
    rankings.footprint_rank,
    rankings.region_id,
    rankings.region_name,
    regional.region_type,
    regional.population,
    regional.gdp,
    rankings.consumption_footprint,
    rankings.production_emissions,
    rankings.production_rank,
    regional.household_footprint,
    regional.government_footprint,
    regional.investment_footprint,
    regional.inventory_footprint,
    regional.other_footprint,
    regional.investment_footprint
    / nullif(rankings.consumption_footprint, 0) as investment_share,
    rankings.footprint_per_capita,
    rankings.footprint_per_capita_rank,
    rankings.production_per_capita,
    rankings.world_average_ratio,
    rankings.us_ratio,
    rankings.world_comparison,
    rankings.is_lower_bound,
    rankings.cumulative_footprint_share,
    rankings.comparator_year,
    rankings.us_comparator_year
from footprint_rankings as rankings
inner join regional_accounts as regional using (year, stressor_id, region_id)
where
    rankings.year = $year
    and rankings.stressor_id = $stressor
order by rankings.footprint_rank, rankings.region_id
