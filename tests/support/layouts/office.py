"""A nation of three sectors that closes, to be printed as offices print tables."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook

from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.progress import no_progress
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import read_csv_matrix, read_excel
from support.refusals import refusal_of

SECTORS = ("A", "B", "C")
CATEGORIES = ("hh", "inv")

Z = np.array([[100.0, 40, 20], [60, 200, 80], [30, 50, 120]])
Y = np.array([[200.0, 40], [100, 160], [300, 50]])
EXPORTS = np.array([60.0, 90, 20])
IMPORTS = np.array([40.0, 90, 60])
IMPORTS_OF_USERS = np.array([70.0, 30])
OUTPUT = Z.sum(axis=1) + Y.sum(axis=1) + EXPORTS
ADDED = OUTPUT - Z.sum(axis=0) - IMPORTS
WAGES = ADDED * np.array([0.5, 0.6, 0.7])
SURPLUS = ADDED - WAGES
CO2 = np.array([12.0, 50, 8])
# who buys which imported product: columns sum to the imports above
IMPORTED = np.array([[20.0, 30, 15], [15, 40, 25], [5, 20, 20]])
IMPORTED_BY_USERS = np.array([[30.0, 10], [25, 15], [15, 5]])

Rows = list[list[Any]]


def head(**more: Any) -> dict[str, Any]:
    """Return a map without blocks; `more` replaces its keys, None takes one out."""
    content = {
        "title": "A nation",
        "source": "Its office",
        "licence": "CC0",
        "year": "2012",
        "country": "FIN",
        "currency": "EUR",
        "currency_unit": "1000000",
        "price_basis": "basic prices, current",
        "synthetic": "true",
        "header_rows": ["1"],
        "header_columns": ["A"],
        "regions": [
            {
                "region_id": "N",
                "region_name": "Nation",
                "region_type": "country",
                "population": "3000",
            }
        ],
        "sectors": [
            {"sector_id": s, "sector_name": f"Sector {s}", "sector_group": group}
            for s, group in zip(
                SECTORS, ("agriculture", "energy", "services"), strict=True
            )
        ],
        "categories": [
            {
                "category_id": "hh",
                "category_name": "Households",
                "category_group": "household",
            },
            {
                "category_id": "inv",
                "category_name": "Investment",
                "category_group": "investment",
            },
        ],
        "stressors": [
            {"stressor_id": "co2", "stressor_name": "Carbon dioxide", "unit": "kt"}
        ],
    }
    return {k: v for k, v in {**content, **more}.items() if v is not None}


def printed() -> Rows:
    """Return the whole table as one grid: labels in row 1 and column A."""
    rows: Rows = [["", *SECTORS, *CATEGORIES, "EXP", "OUT"]]
    for k, sector in enumerate(SECTORS):
        rows.append([sector, *Z[k], *Y[k], EXPORTS[k], OUTPUT[k]])
    rows.append(["IMP", *IMPORTS, *IMPORTS_OF_USERS])
    rows.append(["WAGES", *WAGES])
    rows.append(["SURPLUS", *SURPLUS])
    rows.append(["CO2", *CO2])
    return rows


def blocks(**more: Any) -> dict[str, Any]:
    """Return the blocks of `printed`; `more` replaces some, None takes one out."""
    content = {
        "transactions": "B2",
        "exports": {"column": "EXP"},
        "output": {"column": "OUT"},
        "imports": {"row": "IMP"},
        "imports_of_final_users": {"row": "IMP"},
        "value_added": {"wages": {"row": "WAGES"}, "surplus": {"row": "SURPLUS"}},
        "emissions": {"co2": {"row": "CO2"}},
    }
    return {k: v for k, v in {**content, **more}.items() if v is not None}


@dataclass
class Office:
    """Sheets of rows by name, and the map that places them; tests spoil both."""

    sheets: dict[str, Rows] = field(default_factory=lambda: {"T": printed()})
    map: dict[str, Any] = field(default_factory=lambda: head(blocks=blocks()))

    @property
    def rows(self) -> Rows:
        """The rows of the first sheet."""
        return next(iter(self.sheets.values()))

    @property
    def blocks(self) -> dict[str, Any]:
        """The blocks of the map."""
        return self.map["blocks"]

    def put(self, column: int, header: str, cells: Any, *, instead: int = 0) -> None:
        """Put a column into the first four rows, in place of some or of none."""
        for row, cell in zip(self.rows, [header, *cells], strict=False):
            row[column : column + instead] = [cell]

    def scale(self, factor: float, first: int = 1, end: int = 7) -> None:
        """Multiply the numbers of some rows; emissions are the last row."""
        for row in self.rows[first:end]:
            row[1:] = [cell * factor if cell != "" else cell for cell in row[1:]]

    def below(self, *rows: list[Any]) -> None:
        """Put the table below further rows, without a change of its map."""
        self.rows[:0] = rows
        first = len(rows) + 1
        self.map |= {"header_rows": [str(first)]}
        self.blocks["transactions"] = f"B{first + 1}"

    def write_map(self, folder: Path) -> Path:
        """Write the map as JSON, which is YAML."""
        path = folder / "map.yml"
        path.write_text(json.dumps(self.map, ensure_ascii=False), encoding="utf-8")
        return path

    def write_excel(self, path: Path) -> Path:
        """Write a workbook with all sheets."""
        book = Workbook()
        book.remove(book.active)
        for name, rows in self.sheets.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append([None if cell == "" else cell for cell in row])
        book.save(path)
        return path

    def write_csv(self, path: Path, decimal: str = ".", delimiter: str = ",") -> Path:
        """Write the only sheet as a CSV file."""
        (rows,) = self.sheets.values()
        lines = [
            delimiter.join(
                str(cell).replace(".", decimal)
                if isinstance(cell, float)
                else str(cell)
                for cell in row
            )
            for row in rows
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def tables(self, source: Path, **options: Any) -> list[MatrixTable]:
        """Read a file or folder with the map, which is written beside it."""
        given = IngestOptions("a", map=self.write_map(source.parent), **options)
        is_csv = source.suffix == ".csv" or any(source.glob("*.csv"))
        return (read_csv_matrix if is_csv else read_excel)(source, given, no_progress)

    def read(self, folder: Path, name: str = "t.xlsx", **options: Any) -> MatrixTable:
        """Write a workbook and read its only year."""
        (table,) = self.tables(self.write_excel(folder / name), **options)
        table.check()
        return table

    def years(self, folder: Path, **options: Any) -> list[MatrixTable]:
        """Write a workbook and read all its years."""
        return self.tables(self.write_excel(folder / "t.xlsx"), **options)

    def refusal(self, folder: Path, **options: Any) -> str:
        """Write a workbook and return the refusal of it, which is one line."""
        error = refusal_of(self.years, folder, **options)
        assert "\n" not in error
        return error


def texts(table: MatrixTable, code: str) -> list[str]:
    """Return the texts of the decisions of a code."""
    return [decision.text for decision in table.decisions if decision.code == code]


def assert_nation(table: MatrixTable, factor: float = 1.0) -> None:
    """Compare a table with the nation, its money times a factor."""
    expected = {
        "transactions": Z,
        "final_demand": Y,
        "exports": EXPORTS,
        "output": OUTPUT,
        "imports_by_sector": IMPORTS,
        "imports_by_category": IMPORTS_OF_USERS,
    }
    for name, block in expected.items():
        cells = getattr(table, name)
        np.testing.assert_allclose(cells, factor * block, rtol=1e-12, err_msg=name)
    added = sum(table.value_added.values())
    np.testing.assert_allclose(added, factor * ADDED, rtol=1e-12)
    np.testing.assert_allclose(table.emissions["co2"], CO2)
