"""The share of a change of technology that another use of inputs makes.

It needs A of two years at once, and solves of both for what comes of it: a pass over
pairs of years that are solved already. A year is found again by its base year, and by
the prices of both.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.progress import TimedProgress
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.passes import OtherYears
from carbonshed.solve.relations import Relations, sectors_of_producers
from carbonshed.solve.solutions import SolveStore
from carbonshed.solve.solved_tables import read_total_intensities
from carbonshed.solve.year_solve import opened
from carbonshed.solve.year_system import YearSystem
from carbonshed.threads import one_thread

NAME = "input_use_intensities"  # the pass, and its table

SPLITS = pa.schema(
    [
        ("year", pa.int32()),
        ("base_year", pa.int32()),
        ("stressors", pa.int32()),
        ("made_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class SolvedYear:
    """A year in the store; as `leontief.RowBlocks` it is A at constant prices."""

    fingerprint: str
    system: YearSystem
    prices: np.ndarray  # shape (n,): price index of what each region-sector sells

    @property
    def size(self) -> int:
        """Region-sectors, n."""
        return self.system.size

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows and their coefficients p^-1 A p, shape (b, n)."""
        output = self.system.output / self.prices
        for rows, transactions in self.system.transaction_blocks():
            np.divide(transactions, self.prices[rows, None], out=transactions)
            leontief.divide_by_output(transactions, output, self.system.is_zero)
            yield rows, transactions

    def intensities(self, store: SolveStore, year: int) -> np.ndarray:
        """Return m at constant prices, with f of a year, shape (n, p)."""
        folder = store.path(self.fingerprint)
        if year == self.system.year:
            totals = read_total_intensities(folder, self.system.masses, self.size)
        else:
            totals = OtherYears.read(folder, self.system, year)
        return totals * self.prices[:, None]


def split_technology(
    relations: Relations,
    prices: duckdb.DuckDBPyRelation,
    solves: duckdb.DuckDBPyRelation,
    folder: Path,
    solver: Solver,
    tolerance: float = leontief.TOLERANCE,
) -> pa.Table:
    """Split the change of technology since the year before, in each year that lacks it.

    `prices` has region_sector_id and price_index by year, `solves` the years and
    fingerprints in the store, ``warehouse/solved/NAME``; they are solved with analyses.
    The first year has no rows there; each other one has the share of m that the use of
    inputs has changed since the year before, at prices of the year, for f of both
    years.

    Returns
    -------
    pyarrow.Table
        One row per year, columns of `SPLITS`.
    """
    store = SolveStore(folder)
    solved_years = solves.project("year, fingerprint").order("1").fetchall()
    years = [
        SolvedYear(fingerprint, system, _prices(prices, system))
        for year, fingerprint in solved_years
        for system in [YearSystem(relations, year)]
    ]
    pairs = [*pairwise([None, *years])]
    keys = [_key(base, year) for base, year in pairs]
    made_at = [
        store.find_pass(
            year.fingerprint, NAME, key, TimedProgress(year.system.year).note
        )
        for year, key in zip(years, keys, strict=True)
    ]
    # by pair, into the base year and into the year, shape (n, 2 p) both
    carried: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for k, year in enumerate(years):
        progress = TimedProgress(year.system.year)
        if k + 1 < len(years) and not made_at[k + 1]:
            carried[k + 1] = _carry(store, year, years[k + 1], progress)
        waiting = {
            pair: columns[pair == k]
            for pair, columns in carried.items()
            if pair in (k, k + 1)
        }
        solved = _follow(year, waiting, solver, tolerance, progress)
        if k + 1 in solved:
            carried[k + 1] = solved[k + 1], carried[k + 1][1]
        if not made_at[k]:
            labels, changed = [], np.zeros((year.size, 0))
            if k:
                labels = [
                    (of_year, stressor)
                    for of_year in (years[k - 1].system.year, year.system.year)
                    for stressor in year.system.masses
                ]
                changed = (carried.pop(k)[0] + solved[k]) / 2 / year.prices[:, None]
            columns = OtherYears.labelled(year.system, labels, changed)
            made_at[k] = store.add_pass(
                year.fingerprint, NAME, keys[k], {NAME: columns}
            )
            if k:
                progress.note("technology split into use and sourcing of inputs")
    rows = [
        {
            "year": year.system.year,
            "base_year": base.system.year if base else None,
            "stressors": len(year.system.masses),
            "made_at": made,
        }
        for (base, year), made in zip(pairs, made_at, strict=True)
    ]
    return pa.Table.from_pylist(rows, SPLITS)


def _prices(prices: duckdb.DuckDBPyRelation, system: YearSystem) -> np.ndarray:
    """Return the price indices of a year; 1 where none is compared with it."""
    rows = prices.filter(f"year = {system.year}").order("region_sector_id")
    indices = rows.project("price_index").to_arrow_table()["price_index"].to_numpy()
    return indices if len(indices) else np.ones(system.size)


def _key(base: SolvedYear | None, year: SolvedYear) -> str:
    """Return a digest of what the table depends on besides the solve of the year.

    Intensities of the base year are in that solve already.
    """
    pair = [solved for solved in (base, year) if solved is not None]
    ingredients = [(solved.fingerprint, solved.prices.tolist()) for solved in pair]
    return hashlib.sha256(json.dumps(ingredients).encode()).hexdigest()


def _carry(
    store: SolveStore, base: SolvedYear, year: SolvedYear, progress: TimedProgress
) -> tuple[np.ndarray, np.ndarray]:
    """Return m1 U for L of the base year, and m0 U for L of the year.

    Each has the columns of f of the base year, then those of f of the year.
    """
    progress(f"inputs of {base.system.year} and {year.system.year}")
    sectors = sectors_of_producers(
        year.system.relations.sector_output, year.system.year
    )
    _, products = np.unique(sectors, return_inverse=True)
    intensities = [
        solved.intensities(store, of_year)
        for solved in (year, base)
        for of_year in (base.system.year, year.system.year)
    ]
    with one_thread():
        carried = leontief.through_input_use(
            base, year, products, np.hstack(intensities)
        )
    half = carried.shape[1] // 2
    return carried[:, :half], carried[:, half:]


def _follow(
    year: SolvedYear,
    waiting: dict[int, np.ndarray],
    solver: Solver,
    tolerance: float,
    progress: TimedProgress,
) -> dict[int, np.ndarray]:
    """Return intensities of some pairs, shape (n, 2 p) each, times L of a year."""
    if not waiting:
        return {}
    p = year.prices[:, None]
    current = np.hstack([*waiting.values()]) / p
    size = 2 * current.shape[1]
    with opened(year.system, size, solver, tolerance, progress) as (
        coefficients,
        factors_of,
    ):
        with one_thread():
            probe = leontief.ResidualProbe(coefficients, transposed=True)
            expected = probe.expect(current)
        totals = factors_of().total_intensity(current)
    expected.check_residual(totals, tolerance=tolerance)
    by_pair = np.split(totals * p, len(waiting), axis=1)
    return dict(zip(waiting, by_pair, strict=True))
