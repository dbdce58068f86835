"""One year of a table as matrices, the result of every reader of matrices."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from carbonshed.dataset.contract import (
    INPUT_TABLES,
    LARGEST_SUM,
    RESERVED_STRESSOR_ID,
)
from carbonshed.dataset.fields import explain_row
from carbonshed.errors import CarbonshedError
from carbonshed.text import has_control, listing, shape_text

Row = dict[str, Any]

# a scan of a whole matrix must not need a second one in memory
_BLOCK_CELLS = 1 << 22


@dataclass(frozen=True)
class Decision:
    """A note on a decision, a count or an oddity of a reader."""

    code: str  # a word for programs, of the rule and not of the case: imports_split
    text: str  # one sentence with counts and sums; may begin with ``WARNING: ``


@dataclass
class MatrixTable:
    """One year of a multi-regional input-output table with emissions.

    There are R regions, S sectors, n = R x S producers (region-major: all sectors
    of the first region, then of the second), and C categories of final demand.
    Money is in table units, emissions in the unit of their stressor.

    Attributes
    ----------
    year
        The year of all numbers.
    regions, sectors, categories, stressors
        Rows of the contract's tables of labels, in the order of the matrices.
        Columns that may be missing may be missing here.
    population, gdp
        Persons, and single currency units, by region; None where not known.
    transactions : ndarray, shape (n, n)
        Rows deliver, columns receive; in any memory layout.
    final_demand : ndarray, shape (n, R * C)
        Columns region-major, categories inside a region.
    exports, imports_by_sector, output : ndarray, shape (n,), or None
        Deliveries to and purchases from outside the system; output as published.
    imports_by_category : ndarray, shape (R * C,), or None
        Purchases of final users from outside, in the order of `final_demand`.
    imported_products : ndarray, shape (S, n + R * C), or None
        Imports by product, where the table knows it: columns are the buyers, producers
        before final users; a buyer whose column is 0 has no known mix. Sums by
        column are those of `imports_by_sector` and `imports_by_category`.
    value_added
        Arrays of shape (n,) by component_id.
    emissions
        Arrays of shape (n,) by stressor_id.
    direct_emissions
        Arrays of shape (R, C) by stressor_id: what final users emit themselves.
    assumptions
        Rows of tables of assumptions, of all years, by table; other tables stay
        as they are stored.
    official_footprints
        Rows of that table of this year, those of other years stay; None if the
        source does not have them.
    descriptor
        `title`, `licenses`, `sources` and the `mrio` block of the contract.
    decisions
        Notes on decisions and oddities of the reader.
    """

    year: int
    regions: list[Row]
    sectors: list[Row]
    categories: list[Row]
    stressors: list[Row]
    population: list[int | None]
    gdp: list[float | None]
    transactions: np.ndarray
    final_demand: np.ndarray
    descriptor: dict[str, Any]
    exports: np.ndarray | None = None
    imports_by_sector: np.ndarray | None = None
    imports_by_category: np.ndarray | None = None
    imported_products: np.ndarray | None = None
    value_added: dict[str, np.ndarray] = field(default_factory=dict)
    output: np.ndarray | None = None
    emissions: dict[str, np.ndarray] = field(default_factory=dict)
    direct_emissions: dict[str, np.ndarray] = field(default_factory=dict)
    assumptions: dict[str, list[Row]] = field(default_factory=dict)
    official_footprints: list[Row] | None = None
    decisions: list[Decision] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """The texts of all decisions."""
        return [decision.text for decision in self.decisions]

    def add_decision(self, code: str, text: str) -> None:
        """Add a note on a decision, a count or an oddity."""
        self.decisions.append(Decision(code, text))

    @property
    def n_producers(self) -> int:
        """Return the number of pairs of region and sector."""
        return len(self.regions) * len(self.sectors)

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of regions and sectors."""
        return len(self.regions), len(self.sectors)

    @property
    def demand_shape(self) -> tuple[int, int]:
        """The numbers of regions and categories of final demand."""
        return len(self.regions), len(self.categories)

    @property
    def n_users(self) -> int:
        """Return the number of pairs of region and category."""
        return len(self.regions) * len(self.categories)

    def producer(self, position: int) -> str:
        """Return a producer as text: ``'NORTH' / '01'``."""
        region, sector = divmod(position, len(self.sectors))
        return (
            f"{self.regions[region]['region_id']!r} / "
            f"{self.sectors[sector]['sector_id']!r}"
        )

    def check(self) -> None:
        """Check labels, shapes and numbers.

        Refuse the first label that breaks the contract, block whose shape does not
        follow from the labels, or number that is NaN or infinite.
        """
        self._check_labels()
        for name, block, shape in self._blocks():
            if block.shape != shape:
                raise CarbonshedError(
                    f"{name} of {self.year} is {shape_text(block.shape)}; expected "
                    f"{shape_text(shape)} from {len(self.regions)} regions, "
                    f"{len(self.sectors)} sectors and {len(self.categories)} "
                    "categories of final demand"
                )
            if not is_finite(block):
                index = first_not_finite(block)
                # the row is named too: the order in the file may differ
                row = self.producer(index[0]) if shape[0] == self.n_producers else ""
                raise CarbonshedError(
                    f"{name} of {self.year} holds {block[index]} at row "
                    f"{index[0] + 1}{_column(index)}{f' ({row})' if row else ''}; "
                    "expected finite numbers"
                )
            if _norm(block) > LARGEST_SUM:
                raise CarbonshedError(
                    f"{name} of {self.year} has numbers too large to be added up "
                    f"({np.abs(block).max():.3g}); expected amounts"
                )
        for name, people in (("population", self.population), ("gdp", self.gdp)):
            if len(people) != len(self.regions):
                raise CarbonshedError(
                    f"{name} of {self.year} has {len(people)} values; expected one "
                    f"for each of {len(self.regions)} regions"
                )

    @property
    def labels(self) -> dict[str, list[Row]]:
        """The rows of the contract's tables of labels."""
        return {
            "regions": self.regions,
            "sectors": self.sectors,
            "final_demand_categories": self.categories,
            "stressors": self.stressors,
        }

    def _check_labels(self) -> None:
        for name, rows in self.labels.items():
            table = INPUT_TABLES[name]
            if not rows:
                raise CarbonshedError(f"{name}: none; expected {table.description}")
            seen: dict[str, int] = {}
            for number, row in enumerate(rows, start=1):
                reason = explain_row(table, row, {})
                if reason:
                    raise CarbonshedError(f"{name}: number {number}: {reason}")
                key = row[table.key[0]]
                if key in seen:
                    raise CarbonshedError(
                        f"{name}: {key!r} is number {seen[key]} and number {number}; "
                        "expected every id once"
                    )
                seen[key] = number
        for component in self.value_added:
            if has_control(component):
                raise CarbonshedError(
                    f"value added {component!r}: expected an id without control"
                    " characters"
                )
        listed_stressors = [row["stressor_id"] for row in self.stressors]
        unknown = {*self.emissions, *self.direct_emissions}.difference(listed_stressors)
        if RESERVED_STRESSOR_ID in listed_stressors or unknown:
            raise CarbonshedError(
                f"stressors: {listing(listed_stressors, quote=True)}, emissions of "
                f"{listing(sorted(unknown), quote=True, empty='the same')}; expected "
                f"the same ids, none of them {RESERVED_STRESSOR_ID!r}"
            )

    def _blocks(self) -> Iterator[tuple[str, np.ndarray, tuple[int, ...]]]:
        """Yield each block with its name and the shape it must have."""
        n, users = self.n_producers, self.n_users
        yield "transactions", self.transactions, (n, n)
        yield "final demand", self.final_demand, (n, users)
        vectors = {
            "exports": (self.exports, n),
            "imports by sector": (self.imports_by_sector, n),
            "imports by category": (self.imports_by_category, users),
            "output": (self.output, n),
        }
        for name, (vector, length) in vectors.items():
            if vector is not None:
                yield name, vector, (length,)
        if self.imported_products is not None:
            shape = (len(self.sectors), n + users)
            yield "imported products", self.imported_products, shape
        for component, vector in self.value_added.items():
            yield f"value added {component!r}", vector, (n,)
        for stressor, vector in self.emissions.items():
            yield f"emissions of {stressor!r}", vector, (n,)
        for stressor, block in self.direct_emissions.items():
            yield f"direct emissions of {stressor!r}", block, self.demand_shape


def iter_contiguous_views(block: np.ndarray) -> Iterator[np.ndarray]:
    """Yield views of some rows, or of some columns if the matrix lies by columns."""
    if block.ndim < 2:
        yield block
        return
    lies_by_column = block.flags.f_contiguous and not block.flags.c_contiguous
    if lies_by_column:
        block = block.T
    step = max(1, _BLOCK_CELLS // max(1, block.shape[1]))
    for start in range(0, len(block), step):
        part = block[start : start + step]
        yield part.T if lies_by_column else part


def is_finite(block: np.ndarray) -> bool:
    """Return whether all numbers are finite; never needs a mask of the whole matrix."""
    return all(bool(np.isfinite(part).all()) for part in iter_contiguous_views(block))


def _norm(block: np.ndarray) -> float:
    """Return the root of the sum of squares; no number is larger, in amount."""
    parts = (part.ravel(order="K") for part in iter_contiguous_views(block))
    with np.errstate(over="ignore"):
        return float(np.sqrt(sum(np.dot(part, part) for part in parts)))


def first_not_finite(block: np.ndarray) -> tuple[int, ...]:
    """Return the position of the first number, by rows, that is NaN or infinite."""
    for number, row in enumerate(block):
        wrong = np.flatnonzero(~np.isfinite(row))
        if wrong.size:
            return (number, int(wrong[0])) if block.ndim > 1 else (number,)
    raise ValueError("every number is finite")


def _column(index: tuple[int, ...]) -> str:
    return f", column {index[1] + 1}" if len(index) > 1 else ""
