"""The solve: every year of the dataset, one factorisation each."""

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.dbt_plugin.vars import is_full_refresh, solver_of, vars_of_run
from carbonshed.paths import data_dir, solved_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year_system import Settings


@in_words
def model(dbt, session):
    """Return how each year was solved; the solved tables are in the store."""
    dbt.config(materialized="table")
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
    variables = vars_of_run(session)
    settings = Settings(
        tolerance=dbt.config.meta_get("tolerance"),
        solver=solver_of(variables),
        with_inverse=variables.leontief_inverse,
        with_analyses=variables.analyses,
        by_origin=variables.by_origin,
        with_shares=variables.shared_by_value_added,
        with_exports=variables.exported_value_added,
    )
    folder = solved_dir() / dbt.this.database
    return solve_years(relations, settings, folder, anew=is_full_refresh())
