"""The Leontief inverse L = (I - A)^-1; off unless asked for."""

from carbonshed.solve import inverse
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import Settings


def model(dbt, session):
    """Return L as a long table; the algebra is in the package."""
    dbt.config(materialized="table")
    dbt.ref("embodied_output")  # one factorisation at a time
    relations = Relations(
        session=session,
        transactions=dbt.ref("stg_transactions"),
        final_demand=dbt.ref("stg_final_demand"),
        exports=dbt.ref("stg_exports"),
        sector_output=dbt.ref("int_sector_output"),
        intensities=dbt.ref("int_intensities"),
    )
    settings = Settings(dbt.config.meta_get("tolerance"))  # always in memory
    return inverse.leontief_inverse(relations, settings)
