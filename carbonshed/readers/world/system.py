"""The core of a system: from pymrio's frames to matrices with labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

if TYPE_CHECKING:
    import pandas as pd

Pair = tuple[str, str]

_SHOWN = 5
_LONGEST = 120  # characters of a label


@dataclass
class Core:
    """Z and Y with their labels, in the order of the contract.

    Attributes
    ----------
    regions, sectors, categories
        Ids in the order of their first appearance.
    transactions : ndarray, shape (R * S, R * S), table units
    final_demand : ndarray, shape (R * S, R * C), table units
    decisions
        What was decided on the way.
    """

    regions: list[str]
    sectors: list[str]
    categories: list[str]
    transactions: np.ndarray
    final_demand: np.ndarray
    decisions: list[Decision] = field(default_factory=list)

    @property
    def producers(self) -> list[Pair]:
        """All pairs of region and sector, region by region."""
        return [(r, s) for r in self.regions for s in self.sectors]

    @property
    def users(self) -> list[Pair]:
        """All pairs of region and category, region by region."""
        return [(r, c) for r in self.regions for c in self.categories]


def core_of(Z: "pd.DataFrame", Y: "pd.DataFrame", where: str) -> Core:
    """Check the labels of Z and Y and bring both into the order of the contract.

    Parameters
    ----------
    Z : DataFrame, shape (n, n)
        Region and sector on both axes.
    Y : DataFrame, shape (n, k)
        Region and sector in rows, region and category in columns.
    where
        Reader and source, to begin messages with.
    """
    rows = pairs(Z.index, f"{where}: rows of Z")
    columns = pairs(Z.columns, f"{where}: columns of Z")
    _refuse_difference(rows, columns, f"{where}: columns of Z", "rows of Z")
    y_rows = pairs(Y.index, f"{where}: rows of Y")
    _refuse_difference(rows, y_rows, f"{where}: rows of Y", "rows of Z")
    users = pairs(Y.columns, f"{where}: columns of Y")
    regions, sectors = (list(dict.fromkeys(part)) for part in zip(*rows, strict=True))
    wanted = [(region, sector) for region in regions for sector in sectors]
    _refuse_gaps(rows, wanted, f"{where}: rows of Z")
    buyers, categories = (
        list(dict.fromkeys(part)) for part in zip(*users, strict=True)
    )
    _refuse_difference(
        [(r, "") for r in regions],
        [(r, "") for r in buyers],
        f"{where}: regions in the columns of Y",
        "regions of Z",
    )
    decisions: list[Decision] = []
    core = Core(
        regions,
        sectors,
        categories,
        placed(Z, rows, columns, wanted, wanted, f"{where}: Z"),
        np.zeros(0),
        decisions,
    )
    absent = len(core.users) - len(users)
    if absent:
        decisions.append(
            Decision(
                "columns_missing",
                f"{absent} columns of Y do not exist in the source and hold 0",
            )
        )
    core.final_demand = placed(Y, y_rows, users, wanted, core.users, f"{where}: Y")
    for name in ("transactions", "final_demand"):
        block, note = without_nan(getattr(core, name), name.replace("_", " "))
        setattr(core, name, block)
        decisions += note
    return core


def pairs(index: "pd.Index", what: str) -> list[Pair]:
    """Return the labels of an axis as pairs of text."""
    if index.nlevels != 2:
        raise CarbonshedError(
            f"{what}: {index.nlevels} levels of labels; expected two, the region and "
            "the sector or category"
        )
    if not len(index):
        raise CarbonshedError(f"{what}: there are none")
    levels = [
        texts(index.get_level_values(level), what) for level in range(index.nlevels)
    ]
    found = list(zip(*levels, strict=True))
    refuse_twice(found, what)
    return found


def texts(labels: Iterable[object], what: str) -> list[str]:
    """Return labels as text.

    Raises
    ------
    CarbonshedError
        If one is missing.
    """
    found = []
    for number, label in enumerate(labels, start=1):
        if label is None or label != label or not str(label).strip():  # noqa: PLR0124
            raise CarbonshedError(
                f"{what}: label {number} is missing (text files in which a label is "
                "NA, nan or null are read like that; save such a system as Parquet)"
            )
        found.append(str(label))
    return found


def refuse_twice(found: Sequence[object], what: str) -> None:
    """Refuse a label that occurs twice."""
    seen: dict[object, int] = {}
    for number, label in enumerate(found, start=1):
        if label in seen:
            raise CarbonshedError(
                f"{what}: {shown(label)} is number {seen[label]} and number {number}; "
                "expected every label once"
            )
        seen[label] = number


def shown(label: object) -> str:
    """Return a label, or the parts of one, as text."""
    parts = label if isinstance(label, tuple) else (label,)
    return " / ".join(repr(_short(part)) for part in parts if part != "")


def _short(part: object) -> object:
    """Return a text that is no label, such as a line of a file, in a few words."""
    is_long = isinstance(part, str) and len(part) > _LONGEST
    return f"{part[:_LONGEST]}..." if is_long else part


def listed(labels: Iterable[object]) -> str:
    """Return the first few labels as text."""
    return listing(map(shown, labels), _SHOWN)


def by_producer(
    series: "pd.Series", producers: Sequence[Pair], where: str
) -> np.ndarray:
    """Return a series with a value for each producer, in their order.

    Raises
    ------
    CarbonshedError
        If one is missing.
    """
    known = dict(zip(pairs(series.index, where), series, strict=True))
    missing = [pair for pair in producers if pair not in known]
    if missing:
        raise CarbonshedError(
            f"{where} has no {listed(missing)}, which Z has; expected every producer"
        )
    return np.array([known[pair] for pair in producers], dtype=float)


def _refuse_difference(
    expected: Sequence[Pair], found: Sequence[Pair], what: str, other: str
) -> None:
    there, known = set(found), set(expected)
    missing = [pair for pair in expected if pair not in there]
    extra = [pair for pair in found if pair not in known]
    if missing or extra:
        sides = []
        if missing:
            sides.append(f"without {listed(missing)}")
        if extra:
            sides.append(f"with {listed(extra)}")
        raise CarbonshedError(f"{what}: {', '.join(sides)}; expected the {other}")


def _refuse_gaps(found: list[Pair], wanted: list[Pair], what: str) -> None:
    missing = sorted(set(wanted).difference(found))
    if missing:
        raise CarbonshedError(
            f"{what}: {len(found)} pairs of region and sector, without "
            f"{listed(missing)}; expected every region with every sector "
            f"({len(wanted)} pairs)"
        )


def placed(
    frame: "pd.DataFrame",
    rows: Sequence[object],
    columns: Sequence[object],
    wanted_rows: Sequence[object],
    wanted_columns: Sequence[object],
    where: str,
) -> np.ndarray:
    """Return the numbers of a frame with rows and columns in a wanted order.

    `rows` and `columns` are the labels of the frame. A wanted label that the frame
    does not have is a row, or a column, of zeros.
    """
    values = numbers(frame, where)
    if list(rows) == list(wanted_rows) and list(columns) == list(wanted_columns):
        return values
    result = np.zeros((len(wanted_rows), len(wanted_columns)))
    (into_rows, from_rows) = _places(rows, wanted_rows)
    (into_columns, from_columns) = _places(columns, wanted_columns)
    result[np.ix_(into_rows, into_columns)] = values[np.ix_(from_rows, from_columns)]
    return result


def numbers(frame: "pd.DataFrame", where: str) -> np.ndarray:
    """Return the numbers of a frame, NaN where it has none.

    Raises
    ------
    CarbonshedError
        If a cell is a text, or has more digits than a number can hold.
    """
    try:
        values = frame.to_numpy(dtype=float)
        for cell in frame.select_dtypes(exclude="number").to_numpy(object).flat:
            if isinstance(cell, str) and "_" in cell:  # a number to Python alone
                raise ValueError(f"could not convert string to float: {cell!r}")
        return values
    except (OverflowError, TypeError, ValueError) as error:
        raise CarbonshedError(
            f"{where}: a cell is not a number: {error}; expected numbers in every cell"
        ) from None


def _places(found: Sequence[object], wanted: Sequence[object]) -> tuple[list, list]:
    """Return where wanted labels go to, and where they are found."""
    position = {label: k for k, label in enumerate(found)}
    into = [k for k, label in enumerate(wanted) if label in position]
    return into, [position[wanted[k]] for k in into]


def without_nan(block: np.ndarray, name: str) -> tuple[np.ndarray, list[Decision]]:
    """Return a block with 0 for NaN, and the sentence that says how many."""
    empty = np.isnan(block)
    count = int(empty.sum())
    if not count:
        return block, []
    return np.where(empty, 0.0, block), [
        Decision("empty_cells", f"{count} cells of {name} are NaN: set to 0")
    ]
