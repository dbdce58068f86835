"""Covariances of footprints, from one pass over a year's transactions, no solve.

They need what the solve has left in the store, output embodied in demand and total
intensities. A year is found again by a key of its own: the rules, what was measured of
emissions, and a dataset's own figures of errors.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.checksums import digest_of
from carbonshed.errors import CarbonshedError
from carbonshed.progress import TimedProgress
from carbonshed.solve import relations as arrays
from carbonshed.solve.relations import EXPORT, UNATTRIBUTED, Relations
from carbonshed.solve.solutions import SolveStore
from carbonshed.solve.solved_tables import (
    INTENSITIES_BY_ORIGIN,
    Columns,
    read_output_by_region,
    read_total_intensities,
)
from carbonshed.solve.year_system import YearSystem
from carbonshed.threads import one_thread
from carbonshed.uncertainty.error_rules import (
    MeasuredYear,
    OwnErrors,
    Rule,
    Size,
    read_rules,
)

DEMAND_ROWS = 1024  # rows of final demand whose errors are made at a time
SAME_TOTAL = 1e-6  # share of the largest total intensity: above a residual's 1e-9
NAME = "covariances"  # name of the pass, and the largest of its tables
PRODUCTION = "production_variances"
SHARE = "share_variances"
Covariances = dict[tuple[str, str, str], np.ndarray]  # stressor, rule, component
Variances = dict[tuple[str, str], np.ndarray]  # stressor, rule
ShareVariances = dict[tuple[str, str, str], float]  # stressor, rule, component

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
    """The inputs of the pass besides the relations of a solve.

    Attributes
    ----------
    direct_emissions : year, stressor_id, region_id, category_id, emissions
    rules : columns of the seed error_rules
        The rules whose errors are carried: in a build one.
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
    *,
    by_origin: bool = False,
) -> pa.Table:
    """Carry errors to the footprints of every year that lacks them in the store.

    `solves` has the years and fingerprints in the store, ``warehouse/solved/NAME``. By
    origin, if it has total intensities by region of origin, errors are carried to the
    interregional share too.

    Returns
    -------
    pyarrow.Table
        One row per year, columns of `PROPAGATIONS`.
    """
    store = SolveStore(folder)
    rules = read_rules(inputs.rules)
    rows = []
    for year, fingerprint in solves.project("year, fingerprint").order("1").fetchall():
        progress = TimedProgress(year)
        measured = MeasuredYear(YearSystem(relations, year), inputs.direct_emissions)
        own = OwnErrors(inputs.own_errors, measured.regions, measured.sectors)
        key = _key(measured, rules, own, by_origin)
        made_at = store.find_pass(fingerprint, NAME, key, progress.note)
        if made_at is None:
            covariances = _Pass(measured, rules, own, store.path(fingerprint), progress)
            if by_origin:
                covariances.add_shares(store.path(fingerprint))
            made_at = store.add_pass(fingerprint, NAME, key, covariances.tables())
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


def _key(
    measured: MeasuredYear, rules: list[Rule], own: OwnErrors, by_origin: bool
) -> str:
    """Return a digest of what the pass depends on besides the solve.

    Sums differ in their last bits from build to build: twelve digits count.
    """
    amounts = (measured.emissions, measured.direct_emissions)
    digits = [[f"{value:.12g}" for value in array.reshape(-1)] for array in amounts]
    in_use = [asdict(rule) for rule in rules]
    # a change of this code makes every covariance stale, as it does a solve
    code = digest_of(sorted(Path(__file__).parent.glob("*.py")))
    parts = [measured.stressors, digits, in_use, own.rows, by_origin, code]
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
        progress: TimedProgress,
    ) -> None:
        self._measured = measured
        self._rules = rules
        self._own = own
        self._progress = progress
        positions = measured.system.relations.region_positions
        self._columns = np.array([positions[region] for region in measured.regions])
        self._destinations = len(positions)
        self._shares = self._read_shares(folder)
        self._multipliers = read_total_intensities(
            folder, measured.stressors, measured.system.size
        )
        self._covariances: Covariances = {}
        self._production: Variances = {}
        self._share: ShareVariances = {}
        self._interregional: dict[int, leontief.InterregionalShare] = {}

    def add_shares(self, folder: Path) -> None:
        """Carry errors to the interregional share of every stressor too."""
        measured = self._measured
        path = folder / f"{INTENSITIES_BY_ORIGIN}.parquet"
        if not path.is_file():
            raise CarbonshedError(
                f"{measured.system.year}: {path} is not there, total intensities by"
                " region of origin: build the model solves too, with the var"
                " by_origin: true"
            )
        for q in range(len(measured.stressors)):
            share = leontief.InterregionalShare(
                self._shares,
                self._multipliers[:, q],
                self._read_by_origin(path, q),
                measured.emissions[q],
                measured.region_rows,
                self._columns,
            )
            if np.isfinite(share.value):
                self._interregional[q] = share

    def tables(self) -> dict[str, Columns]:
        """Compute the tables of the pass."""
        if self._measured.stressors:
            with one_thread():  # its products are small
                self._progress("errors of emissions and final demand")
                self._add_emissions()
                self._add_demand()
                self._add_transactions()
        year = self._measured.system.year
        return {
            NAME: _covariance_columns(year, self._covariances),
            PRODUCTION: _production_columns(year, self._production, self._columns),
            SHARE: _share_columns(year, self._share),
        }

    def _read_shares(self, folder: Path) -> np.ndarray:
        """Return phi, shape (n, S): whose demand takes which share of an output."""
        system = self._measured.system
        shares = read_output_by_region(folder, system.size, self._destinations)
        # divide by the sums, not by output, so that shares add up to 1
        sums = shares.sum(axis=1)
        is_zero = system.is_zero | (sums == 0)
        shares /= np.where(is_zero, 1.0, sums)[:, None]
        shares[is_zero] = 0.0
        shares[is_zero, arrays.RESERVED_POSITIONS[UNATTRIBUTED]] = 1.0
        return shares

    def _read_by_origin(self, path: Path, q: int) -> np.ndarray:
        """Return M of a stressor, shape (n, R): its rows add up to m."""
        stressor = self._measured.stressors[q]
        session = self._measured.system.relations.session
        rows = session.read_parquet(str(path)).filter(
            duckdb.ColumnExpression("stressor_id")
            == duckdb.ConstantExpression(stressor)
        )
        columns = np.empty(self._destinations, np.intp)
        columns[self._columns] = np.arange(len(self._columns))
        intensities = np.zeros((self._measured.system.size, len(self._columns)))
        for row, position, intensity in arrays.columns(
            rows.project("region_sector_id, region_position, intensity")
        ):
            intensities[row, columns[position]] = intensity
        totals = self._multipliers[:, q]
        # a stressor that was no mass when the year was solved has no rows
        if _largest(intensities.sum(axis=1) - totals) > SAME_TOTAL * _largest(totals):
            raise CarbonshedError(
                f"{self._measured.system.year}: intensities of {stressor!r} by region"
                f" of origin in {path} do not add up to its total intensities:"
                " build the model solves again, with --full-refresh and the var"
                " by_origin: true"
            )
        return intensities

    def _weigh(
        self, q: int, rules: list[Rule], component: str, parts: np.ndarray
    ) -> None:
        """Keep the covariance of a component, of its own and shared parts, by rule."""
        for rule in rules:
            covariance = _weighed(rule, component, parts)
            key = self._measured.stressors[q], rule.name, component
            self._covariances[key] = (covariance + covariance.T) / 2

    def _weigh_share(
        self, q: int, rules: list[Rule], component: str, parts: np.ndarray
    ) -> None:
        for rule in rules:
            key = self._measured.stressors[q], rule.name, component
            self._share[key] = _weighed(rule, component, parts)

    def _add_emissions(self) -> None:
        measured, row_slices = self._measured, self._measured.region_rows
        starts = [rows.start for rows in row_slices]
        for q, stressor in enumerate(measured.stressors):
            own = self._own_of_rows("emissions", stressor)
            # direct emissions have no sector: all columns are equal
            own_direct = self._own.of("direct_emissions", stressor)[:, 0]
            emitted, burnt = measured.emissions[q], measured.direct_emissions[q]
            for rule in self._rules:
                errors = rule.sizes["emissions"].errors(emitted, _largest(emitted), own)
                sectors = measured.sector_of_row
                parts = leontief.emission_covariance(self._shares, errors, sectors)
                self._weigh(q, [rule], "emissions", parts)
                if q in self._interregional:
                    parts = self._interregional[q].of_emissions(errors, sectors)
                    self._weigh_share(q, [rule], "emissions", parts)
                direct = rule.sizes["direct_emissions"].errors(
                    burnt, _largest(burnt), own_direct
                )
                spread = np.zeros((self._destinations, direct.shape[1]))
                spread[self._columns] = direct
                parts = leontief.direct_emission_covariance(spread)
                self._weigh(q, [rule], "direct_emissions", parts)
                variances = np.add.reduceat(errors**2, starts)
                variances += (direct**2).sum(axis=1)
                self._production[stressor, rule.name] = variances

    def _add_demand(self) -> None:
        system = self._measured.system
        demand = system.demand()
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
            own, largest = self._own_of_rows(component), _largest(cells)
            for size, rules in self._by_size(component).items():
                sums = np.empty((len(cells), len(edges)))
                squares = np.empty_like(sums)
                for start in range(0, len(cells), DEMAND_ROWS):
                    rows = slice(start, start + DEMAND_ROWS)
                    errors = size.errors(cells[rows], largest, own[rows])
                    np.add.reduceat(errors, edges, axis=1, out=sums[rows])
                    np.square(errors, out=errors)
                    np.add.reduceat(errors, edges, axis=1, out=squares[rows])
                for q in range(len(self._measured.stressors)):
                    parts = leontief.demand_covariance(
                        self._shares,
                        self._multipliers[:, q],
                        sums,
                        squares,
                        destinations,
                        self._measured.region_rows,
                    )
                    self._weigh(q, rules, component, parts)
                for q, share in self._interregional.items():
                    parts = share.of_demand(sums, squares, destinations)
                    self._weigh_share(q, rules, component, parts)

    def _add_transactions(self) -> None:
        system, row_slices = self._measured.system, self._measured.region_rows
        largest = system.cells.largest()
        own = self._own_of_rows("transactions")
        by_size = self._by_size("transactions")
        passes = {
            size: leontief.TransactionCovariance(
                self._shares, self._multipliers, row_slices
            )
            for size in by_size
        }
        of_share = {
            (size, q): np.zeros(2) for size in by_size for q in self._interregional
        }
        *_, last = [None, *passes]
        for rows, values in system.transaction_blocks():
            self._progress(f"errors of transactions, row {rows.stop:,}")
            for size, rule_pass in passes.items():
                out = values if size is last else None  # a block is not needed again
                errors = size.errors(values, largest, own[rows], out)
                for q, share in self._interregional.items():
                    of_share[size, q] += share.of_transactions(rows, errors)
                rule_pass.add(rows, errors)
        for size, rules in by_size.items():
            for q, parts in enumerate(passes[size].result()):
                self._weigh(q, rules, "transactions", parts)
            for q in self._interregional:
                self._weigh_share(q, rules, "transactions", of_share[size, q])

    def _by_size(self, component: str) -> dict[Size, list[Rule]]:
        """Return the rules by the size of errors: those of one size share a pass."""
        rules_by_size: dict[Size, list[Rule]] = {}
        for rule in self._rules:
            rules_by_size.setdefault(rule.sizes[component], []).append(rule)
        return rules_by_size

    def _own_of_rows(self, component: str, stressor: str | None = None) -> np.ndarray:
        return self._own.of(component, stressor).reshape(-1)


def _weighed(rule: Rule, component: str, parts: np.ndarray) -> np.ndarray:
    own, shared = parts
    share = rule.shared[component]
    return (1 - share) * own + share * shared


def _largest(values: np.ndarray) -> float:
    return float(max(values.max(initial=0.0), -values.min(initial=0.0)))


def _covariance_columns(year: int, covariances: Covariances) -> Columns:
    """Return covariances, each shape (S, S) in t squared, without their zeros.

    Destinations are in the order of their positions; the reserved ones, below 0, count
    from the end.
    """
    size = next((len(values) for values in covariances.values()), 0)
    reserved = sorted(arrays.RESERVED_POSITIONS.values())
    names = np.array([*range(size - len(reserved)), *reserved], np.int32)
    keys = list(covariances)
    nonzero_cells = [np.nonzero(covariances[key]) for key in keys]
    counts = [len(cells[0]) for cells in nonzero_cells]
    amounts = [
        covariances[key][at] for key, at in zip(keys, nonzero_cells, strict=True)
    ]
    return {
        "year": np.full(sum(counts), year, np.int32),
        **_labels(("stressor_id", "uncertainty_rule", "component"), keys, counts),
        "region_position": _joined([names[one] for one, _ in nonzero_cells], np.int32),
        "other_region_position": _joined(
            [names[other] for _, other in nonzero_cells], np.int32
        ),
        "covariance": _joined(amounts, np.float64),
    }


def _production_columns(
    year: int, variances: Variances, positions: np.ndarray
) -> Columns:
    """Return variances of production emissions, each shape (R,) in t squared."""
    keys = list(variances)
    counts = [len(positions)] * len(keys)
    return {
        "year": np.full(sum(counts), year, np.int32),
        **_labels(("stressor_id", "uncertainty_rule"), keys, counts),
        "region_position": np.tile(positions.astype(np.int32), len(keys)),
        "variance": _joined([*variances.values()], np.float64),
    }


def _share_columns(year: int, variances: ShareVariances) -> Columns:
    """Return variances of the interregional share."""
    keys = list(variances)
    names = ("stressor_id", "uncertainty_rule", "component")
    return {
        "year": np.full(len(keys), year, np.int32),
        **_labels(names, keys, [1] * len(keys)),
        "variance": np.array([*variances.values()], np.float64),
    }


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate([np.empty(0, kind), *parts])


def _labels(
    names: tuple[str, ...], keys: list[tuple[str, ...]], counts: list[int]
) -> dict[str, pa.Array]:
    """Return columns of labels, each key repeated as often as it has rows."""
    columns = {}
    for level, name in enumerate(names):
        words = sorted({key[level] for key in keys})
        numbers = np.array([words.index(key[level]) for key in keys], np.int32)
        columns[name] = pa.DictionaryArray.from_arrays(
            pa.array(np.repeat(numbers, counts)), pa.array(words, pa.string())
        )
    return columns
