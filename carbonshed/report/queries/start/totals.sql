with

totals as (

    select
        reconciliation.emissions_in,
        count(*) filter (where regional.is_ranked) as ranked_regions,
        count(*) filter (where not regional.is_ranked) as other_regions,
        sum(regional.population)
        filter (where regional.is_ranked) as population,
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

)

select
    *,
    ranked_footprint / nullif(population, 0) as mean_footprint,
    household_footprint / nullif(footprint, 0) as household_share,
    government_footprint / nullif(footprint, 0) as government_share,
    investment_footprint / nullif(footprint, 0) as investment_share,
    -- no value where variants of a compiled table disagree
    (
        select max(findings.value)
        from findings
        where
            findings.year = $year
            and findings.stressor_id = $stressor
            and findings.finding_id = 'arises_elsewhere'
    ) as elsewhere_share
from totals
where
    local_emissions
    + outflow_emissions
    + export_emissions
    + direct_emissions
    + unattributed_emissions
    > 0
