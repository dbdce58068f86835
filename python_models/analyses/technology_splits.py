"""Changes of technology, split by use and sourcing of inputs, between solved years."""

from carbonshed.dbt_plugin.vars import solver_of, vars_of_run
from carbonshed.paths import data_dir, solved_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.solve.technology_split import split_technology


def model(dbt, session):
    """Return how each year was made; the intensities are in the solve store."""
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
    folder = solved_dir() / dbt.this.database
    solver = solver_of(vars_of_run(session))
    return split_technology(
        relations, dbt.ref("int_prices"), dbt.ref("solves"), folder, solver
    )
