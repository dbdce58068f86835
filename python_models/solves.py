"""The solve: every year of the dataset, one factorisation each."""

from carbonshed.paths import solved_dir
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.relations import Relations
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year import Settings


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
        regions=dbt.ref("stg_regions"),
        categories=dbt.ref("stg_final_demand_categories"),
        sectors=dbt.ref("stg_sectors"),
        imports=dbt.ref("stg_imports"),
        imported_products=dbt.ref("stg_imported_products"),
    )
    # dbt passes on what is asked for by these words
    dataset = dbt.config.meta_get("dataset")
    settings = Settings.of(
        tolerance=dbt.config.meta_get("tolerance"),
        solver=Solver.of(
            dbt.config.meta_get("solver"),
            dbt.config.meta_get("memory_gb"),
            dbt.config.meta_get("scheduler"),
            dbt.config.meta_get("shared"),
        ),
        leontief_inverse=dbt.config.meta_get("leontief_inverse"),
        analyses=dbt.config.meta_get("analyses"),
        by_origin=dbt.config.meta_get("by_origin"),
    )
    return solve_years(relations, settings, solved_dir() / dataset)
