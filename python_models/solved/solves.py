"""How each year was solved, and the fingerprint by which it is known again."""

from carbonshed.solve import solution
from carbonshed.solve.relations import Relations


def model(dbt, session):
    """Return one row a year; the record is the solve's own."""
    dbt.config(materialized="table")
    dbt.ref("embodied_output")  # whose solve leaves this result behind
    return solution.solves(
        Relations(
            session=session,
            transactions=dbt.ref("stg_transactions"),
            final_demand=dbt.ref("stg_final_demand"),
            exports=dbt.ref("stg_exports"),
            sector_output=dbt.ref("int_sector_output"),
            intensities=dbt.ref("int_intensities"),
        )
    )
