"""Figures of the variants of a compiled table as a whole, if they are published."""

from carbonshed.ask.variants import VARIANT_HEADLINES, of_variants
from carbonshed.dbt_plugin.refusals import in_words


@in_words
def model(dbt, session):
    """Return the figures; no row of a table that is not compiled."""
    dbt.config(materialized="table")
    dbt.ref("stg_dataset")  # they are read again after an ingest
    return of_variants(dbt.this.database, VARIANT_HEADLINES)
