"""Demand for the output of each region and each sector, as blocks that are taken out.

A pass over years that are solved already, on request: it needs their factors once more,
and some rounds with a column for each block. A year is found again in its folder.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.progress import TimedProgress
from carbonshed.solve.memory_plan import Solver, vectors_of_rounds
from carbonshed.solve.passes import numbered
from carbonshed.solve.relations import Relations, sectors_of_producers
from carbonshed.solve.solutions import SolveStore
from carbonshed.solve.year_solve import opened, own_output_by, tolerance_of_rounds
from carbonshed.solve.year_system import YearSystem

NAME = "extracted_demand"  # the pass, and its table

DEMAND = pa.schema(
    [
        ("year", pa.int32()),
        ("extracted_kind", pa.string()),
        ("region_sector_id", pa.int32()),
        ("amount", pa.float64()),
    ]
)
EXTRACTIONS = pa.schema(
    [
        ("year", pa.int32()),
        ("regions", pa.int32()),
        ("sectors", pa.int32()),
        ("made_at", pa.timestamp("us")),
    ]
)


def extract_parts(
    relations: Relations,
    solves: duckdb.DuckDBPyRelation,
    folder: Path,
    solver: Solver,
    tolerance: float = leontief.TOLERANCE,
) -> pa.Table:
    """Extract all regions and sectors, in every year that lacks it in the store.

    `solves` has the years and fingerprints in the store, ``warehouse/solved/NAME``.

    Returns
    -------
    pyarrow.Table
        One row per year, columns of `EXTRACTIONS`.
    """
    store = SolveStore(folder)
    rows = []
    for year, fingerprint in solves.project("year, fingerprint").order("1").fetchall():
        progress = TimedProgress(year)
        system = YearSystem(relations, year)
        labels = {
            "region": system.producers,
            "sector": sectors_of_producers(relations.sector_output, year),
        }
        blocks = {kind: leontief.parts_of(names) for kind, names in labels.items()}
        # transactions, output and labels alone count, which the fingerprint has
        made_at = store.find_pass(fingerprint, NAME, fingerprint, progress.note)
        if made_at is None:
            try:
                demand = _demand(system, blocks, solver, tolerance, progress)
            except leontief.ExtractionError as error:
                raise CarbonshedError(
                    f"{year}: {error}; build without the var extraction"
                ) from None
            made_at = store.add_pass(fingerprint, NAME, fingerprint, {NAME: demand})
            progress.note("regions and sectors extracted")
        counts = {f"{kind}s": len(of_kind) for kind, of_kind in blocks.items()}
        rows.append({"year": year, **counts, "made_at": made_at})
    return pa.Table.from_pylist(rows, EXTRACTIONS)


def _demand(
    system: YearSystem,
    blocks: dict[str, list[np.ndarray]],
    solver: Solver,
    tolerance: float,
    progress: TimedProgress,
) -> pa.Table:
    """Return the demand from outside each block for its output, by kind of block."""
    columns = min(max(map(len, blocks.values())), leontief.PARTS_AT_A_TIME)
    beside = min(columns, leontief.PRODUCT_COLUMNS) + vectors_of_rounds(
        system.size, (len(block) for of_kind in blocks.values() for block in of_kind)
    )
    amounts = {}
    with opened(system, columns, solver, tolerance, progress, beside) as (
        matrix,
        factors_of,
    ):
        systems = {
            kind: leontief.own_systems(matrix, of_kind)
            for kind, of_kind in blocks.items()
        }
        factors = factors_of()
        for kind, of_kind in blocks.items():
            with own_output_by(factors, of_kind, progress) as own_output_of:
                amounts[kind] = leontief.demand_for_parts(
                    numbered(f"extraction of each {kind}", own_output_of),
                    systems[kind],
                    of_kind,
                    system.output,
                    tolerance=tolerance_of_rounds(factors),
                )
    length = len(blocks) * system.size
    arrays = [
        np.full(length, system.year, np.int32),
        pa.array(np.repeat(np.array([*blocks], object), system.size), pa.string()),
        np.tile(np.arange(system.size, dtype=np.int32), len(blocks)),
        np.concatenate([*amounts.values()]),
    ]
    return pa.table(arrays, schema=DEMAND)
