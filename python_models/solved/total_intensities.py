"""Total intensities m = f (I - A)^-1: emissions per unit of final demand."""

from carbonshed.solve import solution
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import Settings


def model(dbt, session):
    """Return it as a long table; the algebra is in the package."""
    dbt.config(materialized="table")
    dbt.ref("embodied_output")  # whose solve leaves this result behind
    relations = Relations(
        session=session,
        transactions=dbt.ref("stg_transactions"),
        final_demand=dbt.ref("stg_final_demand"),
        exports=dbt.ref("stg_exports"),
        sector_output=dbt.ref("int_sector_output"),
        intensities=dbt.ref("int_intensities"),
    )
    # dbt passes on what is asked for by these words
    settings = Settings.of(
        tolerance=dbt.config.meta_get("tolerance"),
        solver=dbt.config.meta_get("solver"),
        memory_gb=dbt.config.meta_get("memory_gb"),
    )
    return solution.total_intensities(relations, settings)
