"""Errors of the data carried to footprints, a pass over the transactions a year."""

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.dbt_plugin.vars import vars_of_run
from carbonshed.paths import data_dir, solved_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.uncertainty.propagation import ErrorInputs, propagate_years


@in_words
def model(dbt, session):
    """Return how each year was made; the tables are in the solve store."""
    dbt.config(materialized="table")
    relations = Relations(
        session=session,
        files=CellFiles.of(data_dir() / dbt.this.database),
        sector_output=dbt.ref("int_sector_output"),
        exports=dbt.ref("stg_exports"),
        intensities=dbt.ref("int_intensities"),
        regions=dbt.ref("stg_regions"),
    )
    inputs = ErrorInputs(
        direct_emissions=dbt.ref("stg_direct_emissions"),
        rules=dbt.ref("int_error_rules"),
        own_errors=dbt.ref("stg_relative_errors"),
    )
    return propagate_years(
        relations,
        inputs,
        dbt.ref("solves"),
        solved_dir() / dbt.this.database,
        by_origin=vars_of_run(session).by_origin,
    )
