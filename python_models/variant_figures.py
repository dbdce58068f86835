"""What regions of the variants of a compiled table come to, if they are published."""

from carbonshed.ask.variants import VARIANT_FIGURES, of_variants


def model(dbt, session):
    """Return their figures; no row of a table that is not compiled."""
    dbt.config(materialized="table")
    is_compiled = dbt.ref("stg_dataset").project("is_compiled").fetchone()[0]
    if not is_compiled:
        return VARIANT_FIGURES.schema.empty_table()
    return of_variants(dbt.this.database, VARIANT_FIGURES)
