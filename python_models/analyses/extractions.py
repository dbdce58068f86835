"""Extraction of each region and each sector, by factors of a year of its own."""

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.dbt_plugin.vars import solver_of, vars_of_run
from carbonshed.paths import data_dir, solved_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.extractions import extract_parts
from carbonshed.solve.relations import Relations


@in_words
def model(dbt, session):
    """Return how each year was made; the demand for parts is in the solve store."""
    dbt.config(materialized="table")
    relations = Relations(
        session=session,
        files=CellFiles.of(data_dir() / dbt.this.database),
        sector_output=dbt.ref("int_sector_output"),
    )
    folder = solved_dir() / dbt.this.database
    solver = solver_of(vars_of_run(session))
    return extract_parts(relations, dbt.ref("solves"), folder, solver)
