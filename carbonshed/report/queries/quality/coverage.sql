select
    region_type,
    count(*) as regions,
    count(population) as with_population,
    count(gdp) as with_gdp,
    sum(population) as population,
    sum(production_emissions) as production_emissions,
    sum(unattributed_emissions) as unattributed_emissions
from regional_accounts
where
    year = $year
    and stressor_id = $stressor
group by 1
order by 2 desc, 1
