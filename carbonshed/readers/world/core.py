"""The core of a system: matrices with labels, from the frames of pymrio."""

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

_MAX_LABELS_SHOWN = 5
_MAX_LENGTH = 120  # characters of a label


@dataclass
class Core:
    """Z and Y with their labels, in the order of the contract."""

    # ids in the order of their first appearance
    regions: list[str]
    sectors: list[str]
    categories: list[str]
    transactions: np.ndarray  # (R * S, R * S), table units
    final_demand: np.ndarray  # (R * S, R * C), table units
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

    Z, shape (n, n), has region and sector on both axes; Y, shape (n, k), has region
    and category in its columns.
    """
    rows = pairs(Z.index, f"{where}: rows of Z")
    columns = pairs(Z.columns, f"{where}: columns of Z")
    refuse_difference(rows, columns, f"{where}: columns of Z", "rows of Z")
    y_rows = pairs(Y.index, f"{where}: rows of Y")
    refuse_difference(rows, y_rows, f"{where}: rows of Y", "rows of Z")
    users = pairs(Y.columns, f"{where}: columns of Y")
    regions, sectors = (list(dict.fromkeys(part)) for part in zip(*rows, strict=True))
    producers = [(region, sector) for region in regions for sector in sectors]
    _refuse_gaps(rows, producers, f"{where}: rows of Z")
    buyers, categories = (
        list(dict.fromkeys(part)) for part in zip(*users, strict=True)
    )
    refuse_difference(
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
        align(Z, rows, columns, producers, producers, f"{where}: Z"),
        np.zeros(0),
        decisions,
    )
    absent = len(core.users) - len(users)
    if absent:
        decisions.append(
            Decision(
                "columns_missing",
                f"{absent} columns of Y do not exist in the source: set to 0",
            )
        )
    core.final_demand = align(Y, y_rows, users, producers, core.users, f"{where}: Y")
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
    return row_labels(index, what)


def row_labels(index: "pd.Index", what: str) -> list[tuple[str, ...]]:
    """Return the labels of an axis, each as a tuple of text; all different."""
    levels = [
        texts(index.get_level_values(level), what) for level in range(index.nlevels)
    ]
    labels = list(zip(*levels, strict=True))
    refuse_duplicates(labels, what)
    return labels


def texts(labels: Iterable[object], what: str) -> list[str]:
    """Return labels as text; refuse a missing one."""
    result = []
    for number, label in enumerate(labels, start=1):
        if label is None or label != label or not str(label).strip():  # noqa: PLR0124
            raise CarbonshedError(
                f"{what}: label {number} is missing (text files in which a label is "
                "NA, nan or null are read like that; save such a system as Parquet)"
            )
        result.append(str(label))
    return result


def refuse_duplicates(labels: Sequence[object], what: str) -> None:
    """Refuse a label that occurs twice."""
    seen: dict[object, int] = {}
    for number, label in enumerate(labels, start=1):
        if label in seen:
            raise CarbonshedError(
                f"{what}: {quote_label(label)} is number {seen[label]} and number "
                f"{number}; expected every label once"
            )
        seen[label] = number


def quote_label(label: object) -> str:
    """Return a label, or the parts of one, as text."""
    parts = label if isinstance(label, tuple) else (label,)
    return " / ".join(repr(_short(part)) for part in parts if part != "")


def _short(part: object) -> object:
    """Return a text that is no label, such as a line of a file, in a few words."""
    is_long = isinstance(part, str) and len(part) > _MAX_LENGTH
    return f"{part[:_MAX_LENGTH]}..." if is_long else part


def list_labels(labels: Iterable[object]) -> str:
    """Return the first few labels as text."""
    return listing(map(quote_label, labels), _MAX_LABELS_SHOWN)


def by_producer(
    series: "pd.Series", producers: Sequence[Pair], where: str
) -> np.ndarray:
    """Return a series with a value for each producer, in their order."""
    values = dict(zip(pairs(series.index, where), series, strict=True))
    missing = [pair for pair in producers if pair not in values]
    if missing:
        raise CarbonshedError(
            f"{where} has no {list_labels(missing)}, which Z has; expected every "
            "producer"
        )
    return np.array([values[pair] for pair in producers], dtype=float)


def refuse_difference(
    expected: Sequence[Pair],
    labels: Sequence[Pair],
    what: str,
    other: str,
    *,
    may_lack: bool = False,
) -> None:
    """Refuse labels that differ from the expected ones, in any order."""
    present, allowed = set(labels), set(expected)
    missing = [] if may_lack else [pair for pair in expected if pair not in present]
    extra = [pair for pair in labels if pair not in allowed]
    if missing or extra:
        sides = []
        if missing:
            sides.append(f"without {list_labels(missing)}")
        if extra:
            sides.append(f"with {list_labels(extra)}")
        raise CarbonshedError(f"{what}: {', '.join(sides)}; expected the {other}")


def _refuse_gaps(labels: list[Pair], expected: list[Pair], what: str) -> None:
    missing = sorted(set(expected).difference(labels))
    if missing:
        raise CarbonshedError(
            f"{what}: {len(labels)} pairs of region and sector, without "
            f"{list_labels(missing)}; expected every region with every sector "
            f"({len(expected)} pairs)"
        )


def align(
    frame: "pd.DataFrame",
    rows: Sequence[object],
    columns: Sequence[object],
    target_rows: Sequence[object],
    target_columns: Sequence[object],
    where: str,
) -> np.ndarray:
    """Return the numbers of a frame in the order of the target rows and columns.

    `rows` and `columns` are the labels of the frame. A target label that the frame
    does not have is a row, or a column, of zeros.
    """
    values = numbers(frame, where)
    if list(rows) == list(target_rows) and list(columns) == list(target_columns):
        return values
    result = np.zeros((len(target_rows), len(target_columns)))
    (into_rows, from_rows) = _positions(rows, target_rows)
    (into_columns, from_columns) = _positions(columns, target_columns)
    result[np.ix_(into_rows, into_columns)] = values[np.ix_(from_rows, from_columns)]
    return result


def numbers(frame: "pd.DataFrame", where: str) -> np.ndarray:
    """Return the numbers of a frame, NaN where it has none; refuse other cells."""
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


def _positions(labels: Sequence[object], target: Sequence[object]) -> tuple[list, list]:
    """Return the positions of common labels in the target, and in the labels."""
    position = {label: k for k, label in enumerate(labels)}
    into = [k for k, label in enumerate(target) if label in position]
    return into, [position[target[k]] for k in into]


def without_nan(block: np.ndarray, name: str) -> tuple[np.ndarray, list[Decision]]:
    """Return a block with 0 for NaN, and a decision with the number of NaN."""
    empty = np.isnan(block)
    count = int(empty.sum())
    if not count:
        return block, []
    return np.where(empty, 0.0, block), [
        Decision("empty_cells", f"{count} cells of {name} are NaN: set to 0")
    ]
