"""Draws of the ranked regions' footprints: ranks, super-emitters and inequality."""

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.uncertainty.draws import footprint_draws


@in_words
def model(dbt, session):
    """Return what the draws come to."""
    dbt.config(materialized="table")
    ranked = dbt.ref("int_footprint_rankings").project("year, stressor_id, region_id")
    accounts = dbt.ref("regional_accounts").project(
        "year, stressor_id, region_id, consumption_footprint, population"
    )
    return footprint_draws(
        accounts.join(ranked, "year, stressor_id, region_id"),
        dbt.ref("footprint_covariances"),
        dbt.ref("draw_settings"),
    )
