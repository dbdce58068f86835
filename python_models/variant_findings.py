"""What the variants of a compiled table say, if they are published."""

from carbonshed.ask.variants import VARIANT_FINDINGS, of_variants


def model(dbt, session):
    """Return their findings; no row of a table that is not compiled."""
    dbt.config(materialized="table")
    is_compiled = dbt.ref("stg_dataset").project("is_compiled").fetchone()[0]
    if not is_compiled:
        return VARIANT_FINDINGS.schema.empty_table()
    return of_variants(dbt.this.database, VARIANT_FINDINGS)
