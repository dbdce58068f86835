"""The grid of a national input-output table of China, its sums checked.

Columns: Code, Description, DescriptionInChinese, the sectors, TIU, final use, EX, TFU,
IM, ERR, GO. Rows: the sectors, TII, value added, TVA, TI. Blocks are found by code.
"""

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.dataset.fields import FieldError, parse_number
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.ceads.names import FINAL_DEMAND
from carbonshed.readers.files.workbooks import cell_name

DEMAND = tuple(FINAL_DEMAND)
COMPONENTS = ("VA001", "VA002", "VA003", "VA004")

_TEXTS = ("Code", "Description", "DescriptionInChinese")
_COLUMNS = ("TIU", *DEMAND, "EX", "TFU", "IM", "ERR", "GO")
_ROWS = ("TII", *COMPONENTS, "TVA", "TI")
# relative, for rounded digits; the published tables agree to 1e-15
_TOLERANCE = 1e-6

Sums = dict[str, np.ndarray]


@dataclass(frozen=True)
class NationalTable:
    """A national table of competitive imports, in the units of the file.

    Attributes
    ----------
    codes, names, names_zh
        Code and names of the n sectors, in order.
    transactions : ndarray, shape (n, n)
        Intermediate use, imports included.
    columns : dict of ndarray, shape (n,)
        Final use by category, EX, TFU, IM, ERR, GO and TIU.
    rows : dict of ndarray, shape (n,)
        TII, value added by component, TVA and TI.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    names_zh: tuple[str, ...]
    transactions: np.ndarray
    columns: Sums
    rows: Sums


def read_sheet(path: Path) -> NationalTable:
    """Read a national table and check its sums.

    Raises
    ------
    CarbonshedError
        If it is another file, a code is missing or there twice, a cell is no
        number, or a sum does not come out.
    """
    cells = _read_cells(path)
    header = [cell.strip() for cell in cells[0]] if cells else []
    if "Origin" in header:
        raise CarbonshedError(
            f"{path.name}: has a column Origin: domestic use and imports apart, as the "
            "national tables of 2017, 2018 and 2020 have them; nbs-national reads "
            "those of competitive imports, 2012 and 2015"
        )
    if tuple(header[:3]) != _TEXTS:
        raise CarbonshedError(
            f"{path.name}: the header begins with {', '.join(header[:3])!r}; expected "
            f"{', '.join(_TEXTS)!r}: a national table of China"
        )
    across = _positions(path, header, "column", cell=lambda k: cell_name(0, k))
    labels = [row[0].strip() if row else "" for row in cells]
    down = _positions(path, labels, "row", cell=lambda k: cell_name(k, 0))
    codes = tuple(code for code in across if code.isdigit())
    listed = tuple(code for code in down if code.isdigit())
    if codes != listed or not codes:
        odd = next((a for a, b in zip(codes, listed, strict=False) if a != b), None)
        raise CarbonshedError(
            f"{path.name}: {len(codes)} sectors across and {len(listed)} down"
            f"{f', different from {odd} on' if odd else ''}; expected the same sectors "
            "in the same order"
        )
    _require(path, "column", _COLUMNS, across)
    _require(path, "row", _ROWS, down)
    sector_columns = [across[code] for code in codes]
    sector_rows = [down[code] for code in codes]

    def numbers(row: int, columns: list[int]) -> list[float]:
        return [_number(path, cells, row, column) for column in columns]

    sums = [name for name in across if not name.isdigit() and name not in _TEXTS]
    found = np.array(
        [numbers(row, [across[name] for name in sums]) for row in sector_rows]
    )
    table = NationalTable(
        codes=codes,
        names=tuple(cells[row][1].strip() for row in sector_rows),
        names_zh=tuple(cells[row][2].strip() for row in sector_rows),
        transactions=np.array([numbers(row, sector_columns) for row in sector_rows]),
        columns={name: found[:, k] for k, name in enumerate(sums)},
        rows={name: np.array(numbers(down[name], sector_columns)) for name in _ROWS},
    )
    _check_sums(table, path)
    return table


def _read_cells(path: Path) -> list[list[str]]:
    need_file(path, "a CSV in UTF-8")
    try:
        if zipfile.is_zipfile(path):
            raise CarbonshedError(
                f"{path.name}: a workbook or zip file; expected a CSV in UTF-8"
            )
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream, strict=True))
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CarbonshedError(
            f"{path.name}: byte {error.start} is not UTF-8; expected a CSV in UTF-8"
        ) from None
    except csv.Error as error:
        raise CarbonshedError(f"{path.name}: not a CSV file: {error}") from None


def _positions(
    path: Path, codes: list[str], kind: str, cell: Callable[[int], str]
) -> dict[str, int]:
    """Return where each code is."""
    positions: dict[str, int] = {}
    for position, code in enumerate(codes):
        if not code or (kind == "row" and position == 0):
            continue
        if code in positions:
            raise CarbonshedError(
                f"{path.name}: the {kind} {code!r} is at {cell(positions[code])} and "
                f"at {cell(position)}; expected every code once"
            )
        positions[code] = position
    return positions


def _require(
    path: Path, kind: str, names: tuple[str, ...], found: dict[str, int]
) -> None:
    missing = [name for name in names if name not in found]
    if missing:
        there = ", ".join(name for name in found if not name.isdigit())
        raise CarbonshedError(
            f"{path.name}: no {kind} {', '.join(missing)}; besides sectors there are "
            f"the {kind}s {there}"
        )


def _number(path: Path, cells: list[list[str]], row: int, column: int) -> float:
    raw = cells[row][column].strip() if column < len(cells[row]) else ""
    try:
        return parse_number(raw)
    except FieldError as error:
        found = f"is {raw[:40]!r}" if raw else "is empty"
        raise CarbonshedError(
            f"{path.name}: cell {cell_name(row, column)} {found}; expected {error}"
        ) from None


def _check_sums(table: NationalTable, path: Path) -> None:
    """Recompute every sum of the table."""
    use, c, r = table.transactions, table.columns, table.rows
    final = sum(c[name] for name in (*DEMAND, "EX"))
    rules = (
        ("TIU", "the row of intermediate use", c["TIU"], use.sum(axis=1)),
        ("TFU", "FU101 + ... + FU202 + EX", c["TFU"], final),
        ("GO", "TIU + TFU - IM + ERR", c["GO"], c["TIU"] + final - c["IM"] + c["ERR"]),
        ("TII", "the column of intermediate use", r["TII"], use.sum(axis=0)),
        ("TVA", "VA001 + ... + VA004", r["TVA"], sum(r[name] for name in COMPONENTS)),
        ("TI", "TII + TVA", r["TI"], r["TII"] + r["TVA"]),
        ("TI", "GO", r["TI"], c["GO"]),
    )
    scale = np.maximum(np.abs(c["GO"]), np.abs(r["TI"]))
    for name, meaning, published, computed in rules:
        gaps = np.abs(published - computed)
        is_wrong = gaps > _TOLERANCE * np.maximum(scale, np.abs(published))
        if is_wrong.any():
            worst = int(np.argmax(np.where(is_wrong, gaps, 0)))
            raise CarbonshedError(
                f"{path.name}: {name} is not {meaning} in {int(is_wrong.sum())} of "
                f"{len(table.codes)} sectors; {table.codes[worst]} "
                f"{table.names[worst]}: {published[worst]:.10g} and "
                f"{computed[worst]:.10g}, expected the same within {_TOLERANCE:g} of "
                "output"
            )
