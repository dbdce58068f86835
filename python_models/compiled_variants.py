"""What the variants of a compiled table come to, where they are published."""

from carbonshed.ask.variants import VARIANT_FIGURES, variant_figures


def model(dbt, session):
    """Return their footprints and ranks; no row of a table that is not compiled."""
    dbt.config(materialized="table")
    is_compiled = dbt.ref("stg_dataset").project("is_compiled").fetchone()[0]
    if not is_compiled:
        return VARIANT_FIGURES.empty_table()
    return variant_figures(dbt.this.database)
