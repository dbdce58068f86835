select
    regional.region_id,
    regional.region_name,
    regional.is_ranked as ranked,
    regional.population,
    cast(regional.gdp as double) / nullif(regional.population, 0) as income,
    regional.production_emissions as production,
    regional.consumption_footprint as footprint,
    regional.footprint_per_capita as per_capita,
    regional.direct_emissions as direct,
    coalesce(typology.has_producer_lever, false) as producer,
    coalesce(typology.has_consumer_lever, false) as consumer
from regional_accounts as regional
left join mitigation_typology as typology using (year, stressor_id, region_id)
where
    regional.year = $year
    and regional.stressor_id = $stressor
order by regional.region_id
