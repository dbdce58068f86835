"""The Leontief inverse as a long table, for those who ask for it."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.solve import plan as memory
from carbonshed.solve import relations as arrays
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import Settings

COLUMNS_AT_A_TIME = 256  # of a batch of the table

LEONTIEF_INVERSE = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("destination_id", pa.int32()),
        ("requirement", pa.float64()),
    ]
)


def leontief_inverse(relations: Relations, settings: Settings) -> pa.RecordBatchReader:
    """Output of each producer per unit of final demand for each product.

    Parameters
    ----------
    relations : Relations
    settings : Settings
        The inverse is always solved in memory.

    Returns
    -------
    pyarrow.RecordBatchReader
        year, origin_id, destination_id, requirement (currency per currency);
        zeros are left out. The inverse is never whole in memory.
    """
    return pa.RecordBatchReader.from_batches(
        LEONTIEF_INVERSE, _batches(relations, settings)
    )


def _batches(relations: Relations, settings: Settings) -> Iterator[pa.RecordBatch]:
    for year in relations.years:
        output, is_zero, _ = arrays.sector_output(relations.sector_output, year)
        size = len(output)
        memory.require_inverse(size, COLUMNS_AT_A_TIME)
        coefficients = leontief.technical_coefficients(
            arrays.matrix(
                relations.session, arrays.transaction_cells(relations, year), size
            ),
            output,
            is_zero=is_zero,
            overwrite=True,
        )
        leontief.require_productive(coefficients)
        equations = leontief.Equations(coefficients)
        system = leontief.Leontief(coefficients, overwrite=True)
        for start in range(0, size, COLUMNS_AT_A_TIME):
            unit = np.zeros((size, min(COLUMNS_AT_A_TIME, size - start)), order="F")
            unit[start : start + unit.shape[1]].flat[:: unit.shape[1] + 1] = 1.0
            columns = system.output(unit)
            equations.proof(unit).check(columns, tolerance=settings.tolerance)
            destination, origin = np.nonzero(columns.T)
            yield pa.record_batch(
                [
                    pa.array(np.full(len(origin), year, np.int32)),
                    pa.array(origin.astype(np.int32)),
                    pa.array((start + destination).astype(np.int32)),
                    pa.array(columns.T[destination, origin]),
                ],
                schema=LEONTIEF_INVERSE,
            )
