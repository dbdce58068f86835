"""Capital that makes capital: a system of regions, solved for each year."""

from carbonshed.dbt_plugin.refusals import in_words
from carbonshed.solve.replaced_capital import capital_intensities


@in_words
def model(dbt, session):
    """Return emissions per unit of capital that replaces what is used up."""
    dbt.config(materialized="table")
    years = dbt.ref("int_years").project("year").order("year").fetchall()
    return capital_intensities(
        dbt.ref("int_investments"),
        dbt.ref("int_embodied_capital"),
        [year for (year,) in years],
    )
