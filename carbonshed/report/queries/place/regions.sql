with

flows as (

    select
        leakage.destination_region_id as region_id,
        origins.region_name as supplier_region_name,
        origins.is_ranked,
        leakage.gross_flow,
        row_number() over (
            partition by leakage.destination_region_id
            order by leakage.gross_flow desc, leakage.origin_region_id asc
        ) as supplier_rank
    from leakage_flows as leakage
    inner join regional_accounts as origins
        on
            leakage.year = origins.year
            and leakage.stressor_id = origins.stressor_id
            and leakage.origin_region_id = origins.region_id
    where
        leakage.year = $year
        and leakage.stressor_id = $stressor
        and leakage.gross_flow > 0

),

-- the ranked region that emits most for each
suppliers as (

    select
        region_id,
        min_by(supplier_region_name, supplier_rank)
            as supplier_region_name,
        max(gross_flow) as supplier_emissions,
        min(supplier_rank) = 1 as is_largest_supplier
    from flows
    where is_ranked
    group by region_id

)

select
    regional.region_id,
    regional.region_name,
    regional.region_name as own_name,
    sentences.sentence,
    sentences.amount_in_words,
    sentences.licence,
    regional.region_type,
    regional.is_ranked,
    regional.population,
    regional.gdp,
    regional.production_emissions,
    regional.consumption_footprint,
    regional.household_footprint,
    regional.government_footprint,
    regional.investment_footprint,
    regional.inventory_footprint,
    regional.other_footprint,
    regional.local_emissions,
    regional.outflow_emissions,
    regional.inflow_emissions,
    suppliers.supplier_region_name,
    suppliers.is_largest_supplier,
    coalesce(suppliers.supplier_emissions, 0) as supplier_emissions,
    regional.inflow_emissions
    - coalesce(suppliers.supplier_emissions, 0) as other_inflow_emissions,
    regional.export_emissions,
    regional.direct_emissions,
    regional.unattributed_emissions,
    regional.net_transfer,
    regional.production_per_capita,
    regional.footprint_per_capita,
    rankings.footprint_rank,
    rankings.footprint_per_capita_rank,
    rankings.production_rank,
    rankings.world_average_ratio,
    rankings.us_ratio,
    rankings.comparator_year,
    rankings.us_comparator_year,
    typology.affluence,
    typology.industry_type,
    typology.supply_chain_role,
    typology.pathway_id,
    emitters.is_selected as is_super_emitter,
    balances.terms_of_trade_gross,
    balances.terms_of_trade,
    balances.quadrant,
    if(
        regional.consumption_footprint > 0,
        regional.inflow_emissions / regional.consumption_footprint,
        null
    ) as elsewhere_share,
    -- of a compiled table also the lowest and the highest that variants say
    ranges.footprint_lowest,
    ranges.footprint_highest,
    ranges.rank_best,
    ranges.rank_worst,
    ranges.per_capita_rank_best,
    ranges.per_capita_rank_worst,
    if(
        least(regional.consumption_footprint, ranges.footprint_lowest) > 0,
        regional.production_emissions
        / greatest(regional.consumption_footprint, ranges.footprint_highest)
        - 1,
        null
    ) as least_above_footprint,
    if(
        least(regional.consumption_footprint, ranges.footprint_lowest) > 0,
        regional.production_emissions
        / least(regional.consumption_footprint, ranges.footprint_lowest)
        - 1,
        null
    ) as most_above_footprint
from regional_accounts as regional
left join suppliers using (region_id)
left join region_sentences as sentences using (year, stressor_id, region_id)
left join footprint_rankings as rankings using (year, stressor_id, region_id)
left join compiled_ranges as ranges using (year, stressor_id, region_id)
left join mitigation_typology as typology using (year, stressor_id, region_id)
left join trade_balances as balances using (year, stressor_id, region_id)
left join super_emitters as emitters
    on
        regional.year = emitters.year
        and regional.stressor_id = emitters.stressor_id
        and regional.region_id = emitters.region_id
        and emitters.is_default_rule
where
    regional.year = $year
    and regional.stressor_id = $stressor
order by regional.region_name, regional.region_id
