"""What the public contract promises of the marts: grain first, then columns."""

KEYS = ("year", "stressor_id")
CHOICE = ("rule_id", "benchmark_id", "cap_id", "includes_power_supply")

GRAINS = {
    "dataset": (),
    "columns": ("mart", "column"),
    "regions": ("region_id",),
    "region_outlines": ("region_id",),
    "sectors": ("sector_id",),
    "final_demand_categories": ("category_id",),
    "stressors": ("stressor_id",),
    "account_extents": KEYS,
    "regional_accounts": (*KEYS, "region_id"),
    "embodied_flows": (
        *KEYS,
        "origin_region_id",
        "destination_region_id",
        "category_id",
    ),
    "footprint_by_origin_sector": (
        *KEYS,
        "region_id",
        "origin_region_id",
        "origin_sector_id",
    ),
    "footprint_by_product": (
        *KEYS,
        "region_id",
        "product_region_id",
        "product_sector_id",
    ),
    "multipliers": (*KEYS, "region_id", "sector_id"),
    "reconciliation": KEYS,
    "published_comparisons": (*KEYS, "country_id", "account_id"),
    "footprint_rankings": (*KEYS, "region_id"),
    "inequality_deciles": (*KEYS, "measure", "decile"),
    "lorenz_curve": (*KEYS, "measure", "rank_order"),
    "inequality_indices": (*KEYS, "measure"),
    "leakage_flows": (*KEYS, "origin_region_id", "destination_region_id"),
    "leakage_summary": KEYS,
    "trade_balances": (*KEYS, "region_id"),
    "value_added_in_exports": ("year", "region_id"),
    "super_emitters": (*KEYS, "rule_id", "region_id"),
    "mitigation_typology": (*KEYS, "region_id"),
    "quota_by_region": (*KEYS, "scenario_id", "region_id"),
    "quota_summary": (*KEYS, "scenario_id"),
    "quota_by_sector": (*KEYS, "scenario_id", "region_id", "sector_id"),
    "quota_spillovers": (
        *KEYS,
        "scenario_id",
        "acting_region_id",
        "affected_region_id",
    ),
    "quota_allocation": (*KEYS, "scenario_id", "allocation_rule", "region_id"),
    "living_standards": (*KEYS, "scenario_id", "allocation_rule"),
    "quota_by_choice": (*KEYS, *CHOICE),
    "living_standards_by_choice": (
        *KEYS,
        *CHOICE,
        "allocation_rule",
        "projection_id",
    ),
    "border_exposure": (*KEYS, "charge_id", "scope_id", "region_id", "sector_id"),
    "border_exposure_by_region": (*KEYS, "charge_id", "scope_id", "region_id"),
    "headlines": (*KEYS, "headline_id"),
    "footprint_uncertainty": (*KEYS, "uncertainty_rule", "region_id"),
    "footprint_covariances": (
        *KEYS,
        "uncertainty_rule",
        "region_id",
        "other_region_id",
    ),
    "headline_uncertainty": (*KEYS, "uncertainty_rule", "quantity"),
    "footprints_with_imports": (*KEYS, "method_id", "region_id"),
    "footprint_changes": (*KEYS, "base_year", "region_id", "effect_id"),
    "footprint_by_tier": (*KEYS, "region_id", "tier"),
    "supply_links": (
        *KEYS,
        "supplier_region_id",
        "supplier_sector_id",
        "buyer_region_id",
        "buyer_sector_id",
    ),
    "supply_paths": (*KEYS, "region_id", "path_rank"),
    "responsibility": (*KEYS, "region_id"),
    "three_scopes": (*KEYS, "region_id"),
    "capital_footprints": (*KEYS, "region_id"),
    "sector_linkages": ("year", "region_id", "sector_id"),
    "emission_linkages": (*KEYS, "region_id", "sector_id"),
    "multipliers_by_origin": (
        *KEYS,
        "product_region_id",
        "product_sector_id",
        "origin_region_id",
    ),
    "extraction_effects": (*KEYS, "extracted_kind", "extracted_id"),
    "carbon_price_burden": (*KEYS, "price_id", "region_id"),
    "carbon_price_summary": (*KEYS, "price_id"),
    "carbon_price_products": (*KEYS, "price_id", "region_id", "sector_id"),
    "findings": (*KEYS, "finding_id"),
    "compiled_ranges": (*KEYS, "region_id"),
}

COLUMNS = {
    "dataset": """name title currency currency_unit price_basis country licence source
        is_synthetic ingested_at carbonshed_version is_compiled region_noun
        region_noun_plural rank_note""",
    "columns": "unit formula description",
    "regions": """region_name parent_region_id region_type longitude latitude
        is_ranked""",
    "region_outlines": "outline source licence",
    "sectors": "sector_name sector_group is_power_supply",
    "final_demand_categories": "category_name category_group",
    "stressors": "stressor_name unit",
    "account_extents": """unit scope footprints_leave_out has_exports has_imports
        has_direct_emissions is_lower_bound""",
    "regional_accounts": """region_name region_type population gdp
        production_emissions consumption_footprint direct_emissions local_emissions
        outflow_emissions inflow_emissions export_emissions unattributed_emissions
        net_transfer production_per_capita footprint_per_capita unit
        household_footprint government_footprint investment_footprint
        inventory_footprint other_footprint""",
    "embodied_flows": "emissions origin_region_name destination_region_name",
    "footprint_by_origin_sector": "emissions origin_region_name",
    "footprint_by_product": "emissions expenditure product_region_name",
    "multipliers": "direct_intensity total_intensity output",
    "reconciliation": """emissions_in attributed_to_consumption
        attributed_to_exports direct_emissions unattributed residual
        relative_residual is_closed""",
    "published_comparisons": """country_name unit computed_emissions
        published_emissions difference relative_difference computed_leaves_out
        published_leaves_out source footprint_p05 footprint_p95
        is_inside_interval""",
    "footprint_rankings": """region_name population consumption_footprint
        footprint_per_capita footprint_p05 footprint_p95 rank_p05 rank_p95
        probability_super_emitter footprint_rank footprint_per_capita_rank
        production_rank production_per_capita_rank cumulative_footprint_share
        world_average_ratio us_ratio is_above_world_average""",
    "inequality_deciles": """population population_share amount amount_share
        per_capita regions""",
    "lorenz_curve": "region_id cumulative_population_share cumulative_amount_share",
    "inequality_indices": """gini theil_t theil_t_within theil_t_between
        palma_ratio top10_share bottom50_share concentration_index kakwani_index""",
    "leakage_flows": """gross_flow reverse_flow net_flow value_added_flow
        is_poor_to_rich origin_region_name destination_region_name""",
    "leakage_summary": """interregional_share interregional_and_export_share
        supply_chain_share poor_to_rich_share unknown_direction_share
        net_poor_to_rich_share""",
    "trade_balances": """outflow_emissions inflow_emissions net_transfer
        outflow_value_added inflow_value_added net_value_added_transfer terms_of_trade
        quadrant""",
    "value_added_in_exports": """gross_exports domestic_value_added
        value_added_absorbed_elsewhere reflected domestic_double_counted
        content_from_elsewhere""",
    "super_emitters": """emitter_rank measure_value cumulative_share is_selected
        is_default_rule""",
    "mitigation_typology": "affluence industry_type supply_chain_role pathway_id",
    "quota_by_region": """production_before production_after footprint_before
        footprint_after producer_quota consumer_quota quota""",
    "quota_summary": """quota national_emissions quota_share projected_quota
        quota_uplift smallest_demand_factor hardest_hit_region_id
        hardest_hit_region_name lowest_giver_region_id lowest_giver_region_name
        lowest_giver_per_capita_after is_largest receivers_reach_upper_middle""",
    "quota_by_sector": """emissions_before emissions_after reduction
        producer_quota demand_effect""",
    "quota_spillovers": """footprint_reduction production_reduction is_own
        acting_region_name affected_region_name""",
    "quota_allocation": """allocated_quota allocated_per_capita
        footprint_per_capita_after""",
    "living_standards": """receivers receiver_population_share income_elasticity
        income_before income_after income_threshold band_before band_after
        reaches_threshold gini_before gini_after share_at_threshold_before
        share_at_threshold_after largest_income_factor is_extrapolated
        curve_r_squared""",
    "quota_by_choice": "quota cap_per_capita is_default_rule",
    "living_standards_by_choice": """scenario_id quota_share projected_quota
        quota_uplift receivers receiver_population_share income_after
        income_threshold reaches_threshold""",
    "footprint_uncertainty": """consumption_footprint standard_error
        relative_standard_error footprint_p05 footprint_p95 production_emissions
        production_standard_error from_emissions from_direct_emissions
        from_transactions from_final_demand from_exports probability_above_world
        footprint_rank expected_rank rank_p05 rank_p50 rank_p95 per_capita_rank_p05
        per_capita_rank_p95 probability_super_emitter""",
    "footprint_covariances": "covariance correlation probability_larger",
    "headline_uncertainty": "value drawn_mean standard_error p05 p50 p95",
    "footprints_with_imports": """domestic_footprint imports_in_production
        imports_of_final_users full_footprint imports_in_exports imports_unattributed
        full_footprint_per_capita world_average_ratio us_ratio""",
    "footprint_changes": "change is_additive is_deflated",
    "footprint_by_tier": "emissions",
    "supply_links": """share intensity emissions supplier_region_name
        buyer_region_name""",
    "supply_paths": """tier path product_region_id product_sector_id
        emitter_region_id emitter_sector_id emissions share path_names path_cutoff
        product_region_name emitter_region_name""",
    "responsibility": """production_emissions consumption_footprint
        income_emissions income_other_inputs shared_emissions shared_by_value_added
        technology_adjusted_footprint""",
    "three_scopes": """scope_1 scope_2 scope_3 three_scope_total
        for_own_final_demand passing_through embodied_in_deliveries grid_electricity
        scope_3_with_imports scope_1_per_capita three_scope_per_capita
        passing_over_footprint""",
    "capital_footprints": """household_footprint household_footprint_with_capital
        footprint_with_capital other_footprint_with_capital
        consumption_of_fixed_capital""",
    "sector_linkages": """direct_backward direct_forward backward forward
        backward_within_region backward_index forward_index linkage_type""",
    "emission_linkages": """upstream_intensity downstream_intensity upstream_index
        downstream_index transmission own_region_share""",
    "multipliers_by_origin": "intensity product_region_name origin_region_name",
    "extraction_effects": """vanishing_emissions own_emissions elsewhere_emissions
        share""",
    "border_exposure": """deliveries charged_emissions net_price charge charge_share
        is_default_scope""",
    "border_exposure_by_region": """deliveries charged_emissions charge charge_share
        gdp_share charge_note is_default_scope""",
    "carbon_price_burden": """price burden household_burden direct_burden
        paid_by_producers burden_per_capita burden_spending_share burden_gdp_share
        household_burden_share dividend net_gain covered_emissions spending
        household_spending""",
    "carbon_price_summary": """revenue covered_share burden abroad unattributed
        dividend_per_capita concentration_index kakwani_index household_kakwani_index
        household_kakwani_standard_error incidence winners_population_share
        deciding_region_id deciding_region_share price poorest_fifth_gdp_share
        richest_fifth_gdp_share poorest_fifth_household_share
        richest_fifth_household_share poorest_fifth_regions richest_fifth_regions
        fifth_largest_region_id fifth_largest_region_share""",
    "carbon_price_products": "direct_increase price_increase",
    "headlines": "statement seed_value computed_value p05 p95 unit scope comparable",
    "findings": """finding_position headline finding value unit extent
        holds_in_variants agrees_with_published support_regions grade licence claim
        subject_ids""",
    "compiled_ranges": """footprint_lowest footprint_highest rank_best rank_worst
        per_capita_rank_best per_capita_rank_worst super_emitter_in""",
}

# marts of vars that are off by default
ON_REQUEST = (
    "extraction_effects",
    "multipliers_by_origin",
    "value_added_in_exports",
    "capital_footprints",
)

# absent rows are zeros in these; all others have a row for every key
FLOW_LIKE = (
    "embodied_flows",
    "footprint_by_origin_sector",
    "footprint_by_product",
    "leakage_flows",
    "multipliers_by_origin",
    "quota_by_sector",
    "quota_spillovers",
)

# of an absent row these columns are zeros, and the others are not told
CHANGES = {"quota_by_sector": ("reduction", "producer_quota", "demand_effect")}


def promised_columns(mart: str) -> list[str]:
    """Return the keys and the promised columns of a mart."""
    return [*GRAINS[mart], *COLUMNS[mart].split()]


def key_of(mart: str) -> list[str]:
    """Return what tells the rows of a mart apart.

    The error rule of a build stands in the uncertainty marts and is one for all rows.
    """
    return [column for column in GRAINS[mart] if column != "uncertainty_rule"]
