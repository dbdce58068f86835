"""Draws of all emissions in which the policy is made anew: the quota's intervals."""

from carbonshed.dbt_plugin.vars import vars_of_run
from carbonshed.paths import data_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.uncertainty.propagation import ErrorInputs
from carbonshed.uncertainty.quota_draws import QUOTA_DRAWS, PolicyRelations, quota_draws


def model(dbt, session):
    """Return what the draws come to; no row where they are not asked for."""
    dbt.config(materialized="table")
    if not vars_of_run(session).quota_draws:
        return QUOTA_DRAWS.empty_table()
    relations = Relations(
        session=session,
        transactions=dbt.ref("stg_transactions"),
        final_demand=dbt.ref("stg_final_demand"),
        exports=dbt.ref("stg_exports"),
        sector_output=dbt.ref("int_sector_output"),
        intensities=dbt.ref("int_intensities"),
        neighbour_intensities=dbt.ref("int_neighbour_intensities"),
        covered_intensities=dbt.ref("int_covered_intensities"),
        regions=dbt.ref("stg_regions"),
        categories=dbt.ref("stg_final_demand_categories"),
        sectors=dbt.ref("stg_sectors"),
        imports=dbt.ref("stg_imports"),
        imported_products=dbt.ref("stg_imported_products"),
        files=CellFiles.of(data_dir() / dbt.this.database),
    )
    inputs = ErrorInputs(
        direct_emissions=dbt.ref("stg_direct_emissions"),
        rules=dbt.ref("int_error_rules"),
        own_errors=dbt.ref("stg_relative_errors"),
    )
    policy = PolicyRelations(
        embodied_output=dbt.ref("embodied_output_by_position"),
        regional_accounts=dbt.ref("regional_accounts"),
        mitigation_typology=dbt.ref("mitigation_typology"),
        yearly_caps=dbt.ref("int_yearly_caps"),
        policy_choices=dbt.ref("int_policy_choices"),
        user_scenarios=dbt.ref("stg_user_scenarios"),
        sectors=relations.sectors,
        categories=relations.categories,
        super_emitter_rules=dbt.ref("super_emitter_rules"),
        supply_chain_roles=dbt.ref("supply_chain_roles"),
        pathway_choices=dbt.ref("pathway_choices"),
        pathways=dbt.ref("pathways"),
        scenarios=dbt.ref("scenarios"),
        benchmarks=dbt.ref("benchmarks"),
        caps=dbt.ref("caps"),
        capped_groups=dbt.ref("capped_groups"),
    )
    return quota_draws(relations, inputs, policy, dbt.ref("draw_settings"))
