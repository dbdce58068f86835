select
    reconciliation.emissions_in,
    count(*) as regions,
    count(*) filter (where regional.is_ranked) as ranked_regions,
    sum(regional.population) filter (where regional.is_ranked) as population,
    sum(regional.gdp) filter (where regional.is_ranked) as gdp,
    sum(regional.consumption_footprint)
    filter (where regional.is_ranked) as ranked_footprint,
    sum(regional.consumption_footprint) as footprint,
    sum(regional.local_emissions) as local_emissions,
    sum(regional.outflow_emissions) as outflow_emissions,
    sum(regional.export_emissions) as export_emissions,
    sum(regional.direct_emissions) as direct_emissions,
    sum(regional.household_footprint) as household_footprint,
    sum(regional.government_footprint) as government_footprint,
    sum(regional.investment_footprint) as investment_footprint,
    sum(regional.unattributed_emissions) as unattributed_emissions
from regional_accounts as regional
inner join reconciliation using (year, stressor_id)
where
    regional.year = $year
    and regional.stressor_id = $stressor
group by reconciliation.emissions_in
