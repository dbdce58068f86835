"""Links of supply chains, from one pass over a year's transactions, no solve.

They need total intensities, which the solve has left in the store. A year is found
again by the cut-off and its stressors.
"""

import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.progress import TimedProgress
from carbonshed.solve.relations import Relations
from carbonshed.solve.solutions import SolveStore
from carbonshed.solve.solved_tables import read_total_intensities
from carbonshed.solve.year_system import YearSystem

NAME = "link_shares"  # the pass, and its table

LINKS = pa.schema(
    [
        ("year", pa.int32()),
        ("stressor_id", pa.string()),
        ("supplier_id", pa.int32()),
        ("buyer_id", pa.int32()),
        ("share", pa.float64()),
    ]
)
SELECTIONS = pa.schema(
    [
        ("year", pa.int32()),
        ("link_cutoff", pa.float64()),
        ("stressors", pa.int32()),
        ("links", pa.int64()),
        ("made_at", pa.timestamp("us")),
    ]
)


def select_links(
    relations: Relations, solves: duckdb.DuckDBPyRelation, folder: Path, cutoff: float
) -> pa.Table:
    """Select the links from the cut-off on, in every year that lacks them in the store.

    `solves` has the years and fingerprints in the store, ``warehouse/solved/NAME``. The
    cut-off is the smallest amount of a share, above 0.

    Returns
    -------
    pyarrow.Table
        One row per year, columns of `SELECTIONS`.
    """
    store = SolveStore(folder)
    rows = []
    for year, fingerprint in solves.project("year, fingerprint").order("1").fetchall():
        progress = TimedProgress(year)
        system = YearSystem(relations, year)
        key = json.dumps([cutoff, system.masses])
        made_at = store.find_pass(fingerprint, NAME, key, progress.note)
        if made_at is None:
            links = _links(system, store.path(fingerprint), cutoff, progress)
            made_at = store.add_pass(fingerprint, NAME, key, {NAME: links})
            progress.note(f"{len(links):,} links of {cutoff:g} or more")
        rows.append(
            {
                "year": year,
                "link_cutoff": cutoff,
                "stressors": len(system.masses),
                "links": store.count_rows(fingerprint, NAME),
                "made_at": made_at,
            }
        )
    return pa.Table.from_pylist(rows, SELECTIONS)


def _links(
    system: YearSystem, folder: Path, cutoff: float, progress: TimedProgress
) -> pa.Table:
    """Return the links of all stressors that are a mass, supplier by supplier."""
    stressors = system.masses
    totals = read_total_intensities(folder, stressors, system.size)
    tables = [LINKS.empty_table()]
    for rows, transactions in system.transaction_blocks() if stressors else ():
        progress(f"links of supply chains, row {rows.stop:,}")
        for q, stressor in enumerate(stressors):
            suppliers, buyers, shares = leontief.link_shares(
                rows, transactions, system.output, system.is_zero, totals[:, q], cutoff
            )
            columns = [
                np.full(len(shares), system.year, np.int32),
                pa.repeat(stressor, len(shares)),
                suppliers.astype(np.int32),
                buyers.astype(np.int32),
                shares,
            ]
            tables.append(pa.table(columns, schema=LINKS))
    return pa.concat_tables(tables)
