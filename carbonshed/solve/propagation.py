"""Covariances of footprints: one pass over the transactions of a year, no solve.

They need what the solve has left in the store, output embodied in demand and total
intensities. A year is found again by a key of its own: the rules, what was measured of
emissions, and a dataset's own figures of errors.
"""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed import leontief
from carbonshed.solve import relations as arrays
from carbonshed.solve.import_tables import Columns
from carbonshed.solve.long_tables import (
    Covariances,
    Variances,
    covariance_columns,
    production_columns,
)
from carbonshed.solve.measured import (
    MeasuredYear,
    OwnErrors,
    Rule,
    Size,
    read_rules,
)
from carbonshed.solve.progress import YearProgress
from carbonshed.solve.relations import EXPORT, UNATTRIBUTED, Relations
from carbonshed.solve.store import SolveStore, write_table
from carbonshed.solve.stored_matrix import blocks_of_regions
from carbonshed.solve.year import YearSystem
from carbonshed.text import sql_text

# of Z in memory at a time: 100 MB, and as much for the block that is read meanwhile
BLOCK_CELLS = 12_500_000
NAME = "covariances"  # of the pass, and of the larger of its tables
PRODUCTION = "production_variances"

PROPAGATIONS = pa.schema(
    [
        ("year", pa.int32()),
        ("fingerprint", pa.string()),
        ("stressors", pa.int32()),
        ("uncertainty_rules", pa.int32()),
        ("made_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class ErrorInputs:
    """What the pass reads besides the relations of a solve.

    Attributes
    ----------
    direct_emissions : year, stressor_id, region_id, category_id, emissions
    rules : the seed error_rules
    own_errors : component, stressor_id, region_id, sector_id, relative_standard_error
    """

    direct_emissions: duckdb.DuckDBPyRelation
    rules: duckdb.DuckDBPyRelation
    own_errors: duckdb.DuckDBPyRelation


def propagate_years(
    relations: Relations,
    inputs: ErrorInputs,
    solves: duckdb.DuckDBPyRelation,
    folder: Path,
) -> pa.Table:
    """Carry errors to the footprints of every year that the store lacks them of.

    Parameters
    ----------
    relations : Relations
    inputs : ErrorInputs
    solves : year, fingerprint
        What the store holds.
    folder : Path
        The store of the dataset, ``warehouse/solved/NAME``.

    Returns
    -------
    pyarrow.Table
        One row per year, columns of `PROPAGATIONS`.
    """
    store = SolveStore(folder)
    rules = read_rules(inputs.rules)
    rows = []
    for year, fingerprint in solves.project("year, fingerprint").order("1").fetchall():
        progress = YearProgress(year)
        measured = MeasuredYear(YearSystem(relations, year), inputs.direct_emissions)
        own = OwnErrors(inputs.own_errors, measured.regions, measured.sectors)
        key = _key(measured, rules, own)
        made_at = store.find_pass(fingerprint, NAME, key)
        if made_at is None:
            made_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
            found = _Pass(measured, rules, own, store.path(fingerprint), progress)
            tables = found.tables()
            with store.adding(fingerprint, NAME, key, made_at) as partial:
                for table, columns in tables.items():
                    write_table(partial, table, columns)
            progress.note(f"errors carried to {len(measured.regions):,} footprints")
        rows.append(
            {
                "year": year,
                "fingerprint": key,
                "stressors": len(measured.stressors),
                "uncertainty_rules": len(rules),
                "made_at": made_at,
            }
        )
    return pa.Table.from_pylist(rows, PROPAGATIONS)


def _key(measured: MeasuredYear, rules: list[Rule], own: OwnErrors) -> str:
    """Return a digest of what the pass depends on besides the solve.

    Sums differ in their last bits from build to build: twelve digits count.
    """
    amounts = (measured.emissions, measured.direct_emissions)
    digits = [[f"{value:.12g}" for value in array.reshape(-1)] for array in amounts]
    parts = [measured.stressors, digits, [asdict(rule) for rule in rules], own.rows]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class _Pass:
    """The covariances of a year, by stressor, rule and component.

    Destinations are the regions in the order of their positions, then UNATTRIBUTED and
    EXPORT: the reserved positions, -2 and -1, count from the end.
    """

    def __init__(
        self,
        measured: MeasuredYear,
        rules: list[Rule],
        own: OwnErrors,
        folder: Path,
        progress: YearProgress,
    ) -> None:
        self._measured = measured
        self._rules = rules
        self._own = own
        self._progress = progress
        positions = measured.system.relations.region_positions
        self._columns = np.array([positions[region] for region in measured.regions])
        self._destinations = len(positions)
        self._shares = self._read_shares(folder)
        self._multipliers = self._read_multipliers(folder)
        self._covariances: Covariances = {}
        self._production: Variances = {}

    def tables(self) -> dict[str, Columns]:
        """Compute the two tables of the pass."""
        if self._measured.stressors:
            self._progress("errors of emissions and final demand")
            self._add_emissions()
            self._add_demand()
            self._add_transactions()
        year = self._measured.system.year
        return {
            NAME: covariance_columns(year, self._covariances),
            PRODUCTION: production_columns(year, self._production, self._columns),
        }

    def _read_shares(self, folder: Path) -> np.ndarray:
        """Return phi, shape (n, S): whose demand takes which share of an output."""
        system = self._measured.system
        rows = system.relations.session.sql(
            "select origin_id, region_position, sum(output) as output"
            f" from {sql_text(folder / 'embodied_output*.parquet')} group by 1, 2"
        )
        shares = np.zeros((system.size, self._destinations))
        for origin, position, output in arrays.columns(rows):
            shares[origin, position] = output
        # not by the output of the table: shares add up to 1 to the last digit
        sums = shares.sum(axis=1)
        is_zero = system.is_zero | (sums == 0)
        shares /= np.where(is_zero, 1.0, sums)[:, None]
        shares[is_zero] = 0.0
        shares[is_zero, arrays.RESERVED_POSITIONS[UNATTRIBUTED]] = 1.0
        return shares

    def _read_multipliers(self, folder: Path) -> np.ndarray:
        """Return m, shape (n, q)."""
        stressors = {name: q for q, name in enumerate(self._measured.stressors)}
        rows = pq.read_table(
            folder / "total_intensities.parquet",
            columns=["stressor_id", "total_intensity"],
        )
        values = rows["total_intensity"].to_numpy()
        size = self._measured.system.size
        found = np.empty((size, len(stressors)))
        names = rows["stressor_id"].to_pylist()[::size]
        for start, name in enumerate(names):
            if name in stressors:
                found[:, stressors[name]] = values[start * size : (start + 1) * size]
        return found

    def _weigh(self, stressor: str, rule: Rule, component: str, parts: np.ndarray):
        share = rule.shared[component]
        own, shared = parts
        covariance = (1 - share) * own + share * shared
        key = stressor, rule.name, component
        self._covariances[key] = (covariance + covariance.T) / 2

    def _add_emissions(self) -> None:
        measured, places = self._measured, self._measured.places
        starts = [place.start for place in places]
        for q, stressor in enumerate(measured.stressors):
            own = self._own_of_rows("emissions", stressor)
            # no sector: every column says the same
            own_direct = self._own.of("direct_emissions", stressor)[:, 0]
            emitted, burnt = measured.emissions[q], measured.direct_emissions[q]
            for rule in self._rules:
                errors = rule.sizes["emissions"].errors(emitted, _largest(emitted), own)
                self._weigh(
                    stressor,
                    rule,
                    "emissions",
                    leontief.emission_covariance(
                        self._shares, errors, measured.sector_of_row
                    ),
                )
                direct = rule.sizes["direct_emissions"].errors(
                    burnt, _largest(burnt), own_direct
                )
                spread = np.zeros((self._destinations, direct.shape[1]))
                spread[self._columns] = direct
                parts = leontief.direct_emission_covariance(spread)
                self._weigh(stressor, rule, "direct_emissions", parts)
                variances = np.add.reduceat(errors**2, starts)
                variances += (direct**2).sum(axis=1)
                self._production[stressor, rule.name] = variances

    def _add_demand(self) -> None:
        system = self._measured.system
        demand = system.read_demand()
        positions = system.relations.region_positions
        final = np.array([positions[region] for region in demand.regions[:-2]])
        # columns of a region stand together
        starts = np.flatnonzero(np.append(True, final[1:] != final[:-1]))
        values = {
            "final_demand": (demand.values[:, :-2], starts, final[starts]),
            "exports": (demand.values[:, -2:-1], [0], np.array([positions[EXPORT]])),
        }
        for component, (cells, edges, destinations) in values.items():
            if not cells.size:
                continue
            own = self._own_of_rows(component)
            for size, rules in self._by_size(component).items():
                errors = size.errors(cells, _largest(cells), own)
                sums = np.add.reduceat(errors, edges, axis=1)
                np.square(errors, out=errors)
                squares = np.add.reduceat(errors, edges, axis=1)
                for q, stressor in enumerate(self._measured.stressors):
                    parts = leontief.demand_covariance(
                        self._shares,
                        self._multipliers[:, q],
                        sums,
                        squares,
                        destinations,
                        self._measured.places,
                    )
                    for rule in rules:
                        self._weigh(stressor, rule, component, parts)

    def _add_transactions(self) -> None:
        system, places = self._measured.system, self._measured.places
        (largest,) = system.cells.aggregate("max(abs(amount))").fetchone()
        own = self._own_of_rows("transactions")
        passes = {
            size: leontief.TransactionCovariance(
                self._shares, self._multipliers, places
            )
            for size in self._by_size("transactions")
        }
        blocks = blocks_of_regions(system.producers, BLOCK_CELLS // system.size)
        cursor = system.relations.session.cursor()
        cells = system.cells

        def read(rows: slice) -> np.ndarray:
            values = np.zeros((rows.stop - rows.start, system.size))
            arrays.put_rows(cursor, cells, values, rows)
            return values

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read, blocks[0])
            for rows, following in zip(blocks, [*blocks[1:], None], strict=True):
                values = reading.result()
                if following:
                    reading = pool.submit(read, following)
                self._progress(f"errors of transactions, row {rows.stop:,}")
                for size, each in passes.items():
                    each.add(rows, size.errors(values, largest or 0.0, own[rows]))
        for size, rules in self._by_size("transactions").items():
            for stressor, parts in zip(
                self._measured.stressors, passes[size].result(), strict=True
            ):
                for rule in rules:
                    self._weigh(stressor, rule, "transactions", parts)

    def _by_size(self, component: str) -> dict[Size, list[Rule]]:
        """Return the rules by the size of errors: those of one size share a pass."""
        found: dict[Size, list[Rule]] = {}
        for rule in self._rules:
            found.setdefault(rule.sizes[component], []).append(rule)
        return found

    def _own_of_rows(self, component: str, stressor: str | None = None) -> np.ndarray:
        return self._own.of(component, stressor).reshape(-1)


def _largest(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0.0))
