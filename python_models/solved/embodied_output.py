"""Output embodied in every final demand: (I - A) X = [Y, exports, unattributed]."""

from carbonshed.warehouse import solution
from carbonshed.warehouse.arrays import Relations


def model(dbt, session):
    """Return X as a long table; the algebra is in the package."""
    dbt.config(materialized="table")
    relations = Relations(
        session=session,
        transactions=dbt.ref("stg_transactions"),
        final_demand=dbt.ref("stg_final_demand"),
        exports=dbt.ref("stg_exports"),
        sector_output=dbt.ref("int_sector_output"),
        intensities=dbt.ref("int_intensities"),
    )
    return solution.embodied_output(
        relations, tolerance=dbt.config.meta_get("tolerance")
    )
