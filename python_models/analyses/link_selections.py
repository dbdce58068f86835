"""Links of supply chains from a cut-off on, a pass over the transactions a year."""

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.dbt_plugin.vars import vars_of_run
from carbonshed.paths import data_dir, solved_dir
from carbonshed.solve.cells import CellFiles
from carbonshed.solve.relations import Relations
from carbonshed.solve.supply_links import select_links


@in_words
def model(dbt, session):
    """Return how each year was made; the links are in the solve store."""
    dbt.config(materialized="table")
    relations = Relations(
        session=session,
        files=CellFiles.of(data_dir() / dbt.this.database),
        sector_output=dbt.ref("int_sector_output"),
        intensities=dbt.ref("int_intensities"),
    )
    folder = solved_dir() / dbt.this.database
    cutoff = vars_of_run(session).link_cutoff
    return select_links(relations, dbt.ref("solves"), folder, cutoff)
