"""Changes of technology, split by use and sourcing of inputs, between solved years."""

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.dbt_plugin.vars import solver_of, vars_of_run
from carbonshed.paths import data_dir, solved_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.solve.technology_split import split_technology


@in_words
def model(dbt, session):
    """Return how each year was made; the intensities are in the solve store."""
    dbt.config(materialized="table")
    relations = Relations(
        session=session,
        files=CellFiles.of(data_dir() / dbt.this.database),
        sector_output=dbt.ref("int_sector_output"),
        intensities=dbt.ref("int_intensities"),
        neighbour_intensities=dbt.ref("int_neighbour_intensities"),
    )
    folder = solved_dir() / dbt.this.database
    solver = solver_of(vars_of_run(session))
    return split_technology(
        relations, dbt.ref("int_prices"), dbt.ref("solves"), folder, solver
    )
