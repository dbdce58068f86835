select
    rankings.year,
    rankings.region_id,
    rankings.region_name,
    rankings.population,
    rankings.footprint_per_capita,
    rankings.footprint_p05 / rankings.population as per_capita_p05,
    rankings.footprint_p95 / rankings.population as per_capita_p95,
    rankings.production_per_capita,
    region_sentences.amount_in_words,
    account_extents.scope
from footprint_rankings as rankings
inner join account_extents using (year, stressor_id)
left join region_sentences using (year, stressor_id, region_id)
where rankings.stressor_id = $stressor
order by rankings.region_id, rankings.year
