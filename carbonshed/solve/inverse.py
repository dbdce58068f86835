"""The Leontief inverse as a long table, for those who ask for it."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.solve import memory_plan as memory
from carbonshed.solve import relations as arrays
from carbonshed.solve.year import YearSystem

BLOCK_COLUMNS = 256  # of the inverse, in memory at a time

LEONTIEF_INVERSE = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("destination_id", pa.int32()),
        ("requirement", pa.float64()),
    ]
)


def inverse_batches(system: YearSystem, tolerance: float) -> Iterator[pa.RecordBatch]:
    """Output of each producer per unit of final demand for each product.

    Parameters
    ----------
    system : YearSystem
        Always factorised in memory.
    tolerance : float
        Largest relative residual accepted.

    Yields
    ------
    pyarrow.RecordBatch
        year, origin_id, destination_id, requirement (currency per currency); zeros
        are left out. The inverse is never whole in memory.
    """
    size = system.size
    memory.require_inverse(size, BLOCK_COLUMNS)
    coefficients = leontief.technical_coefficients(
        arrays.matrix(system.relations.session, system.cells, size),
        system.output,
        is_zero=system.is_zero,
        overwrite=True,
    )
    leontief.require_productive(coefficients)
    probe = leontief.ResidualProbe(coefficients)
    factors = leontief.Leontief(coefficients, overwrite=True)
    for start in range(0, size, BLOCK_COLUMNS):
        unit = np.zeros((size, min(BLOCK_COLUMNS, size - start)), order="F")
        unit[start : start + unit.shape[1]].flat[:: unit.shape[1] + 1] = 1.0
        columns = factors.output(unit)
        probe.expect(unit).check_residual(columns, tolerance=tolerance)
        destination, origin = np.nonzero(columns.T)
        yield pa.record_batch(
            [
                pa.array(np.full(len(origin), system.year, np.int32)),
                pa.array(origin.astype(np.int32)),
                pa.array((start + destination).astype(np.int32)),
                pa.array(columns.T[destination, origin]),
            ],
            schema=LEONTIEF_INVERSE,
        )
