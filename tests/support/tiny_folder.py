"""A tidy folder of two regions and two sectors, to be spoiled by tests.

Fields are Python values: None is NULL. In CSV they are written as their text, in
Parquet with the types that a careful writer would choose.
"""

import copy
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from carbonshed.dataset.contract import INPUT_TABLES
from support.tidy_folder import write_table

Rows = list[dict[str, Any]]

TYPES = {
    "id": pa.string(),
    "text": pa.string(),
    "year": pa.int64(),
    "count": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}

DESCRIPTOR = {
    "name": "tiny",
    "title": "Two regions, two sectors",
    "licenses": [{"name": "CC0-1.0", "title": "Creative Commons Zero"}],
    "sources": [{"title": "Made up"}, {"title": "by hand"}],
    "mrio": {
        "currency": "EUR",
        "currency_unit": 1000000,
        "price_basis": "basic prices, current",
        "country": "FIN",
        "currency_per_usd": {"2012": 0.8},
    },
}


def _rows(table: str, *rows: tuple) -> Rows:
    names = INPUT_TABLES[table].column_names
    return [dict(zip(names, row, strict=True)) for row in rows]


ROWS: dict[str, list[tuple]] = {
    "regions": [
        ("north", "North", "P1", "city", 25.0, 60.5, "Northland"),
        ("south", "South", None, "city", None, None, None),
        ("rest", "All others", None, "remainder", None, None, None),
    ],
    "region_years": [
        (2012, "north", 100, 4e6),
        (2012, "south", 200, None),
        (2012, "rest", None, None),
    ],
    "sectors": [
        ("01", "Farms", "agriculture", False),
        ("1", "Power", "energy", True),
    ],
    "final_demand_categories": [
        ("hh", "Households", "household"),
        ("inv", "Stocks", "inventory"),
    ],
    "stressors": [("co2", "Carbon dioxide", "kt")],
    "transactions": [
        (2012, "north", "01", "north", "1", 10.0),
        (2012, "north", "1", "south", "01", 20.5),
        (2012, "south", "01", "rest", "1", 5.0),
        (2012, "rest", "1", "north", "01", -1.0),
    ],
    "final_demand": [
        (2012, "north", "01", "north", "hh", 90.0),
        (2012, "north", "1", "north", "hh", 79.5),
        (2012, "south", "01", "south", "hh", 95.0),
        (2012, "rest", "1", "rest", "inv", -9.0),
        (2012, "rest", "1", "rest", "hh", 60.0),
    ],
    "exports": [(2012, "north", "01", 3.0)],
    "imports": [
        (2012, "north", "01", None, 7.0),
        (2012, "south", None, "hh", 8.0),
    ],
    "value_added": [
        (2012, "north", "01", "wages", 40.0),
        (2012, "north", "01", "profits", -2.0),
    ],
    "output": [(2012, "north", "01", 103.0)],
    "emissions": [
        (2012, "co2", "north", "01", 1.5),
        (2012, "co2", "south", "1", 0.0),
    ],
    "direct_emissions": [(2012, "co2", "north", "hh", 0.25)],
    "relative_errors": [
        ("emissions", None, None, None, 0.2),
        ("transactions", None, None, None, 0.1),
    ],
}

TABLES = {table: _rows(table, *rows) for table, rows in ROWS.items()}

# what few tables have: not written unless it is asked for
REFINEMENTS = {
    "imported_products": [
        (2012, "north", "01", None, "1", 7.0),
        (2012, "south", None, "hh", "01", 9.0),
        (2012, "south", None, "hh", "1", -1.0),
    ],
    "import_intensities": [(2012, "co2", "01", 0.5), (None, None, None, 0.75)],
    "deflators": [(2012, "1", "north", 1.25), (None, None, None, 2.0)],
    "carbon_prices": [
        ("levy", 50.0, None, None, 1.0, False),
        ("levy", 20.0, "north", "1", 0.25, False),
        ("cars", 0.0, "south", None, 0.0, True),
    ],
    "border_charges": [
        ("cbam", "zone", "south", None),
        ("cbam", "zone", "EXPORT", None),
        ("cbam", "zone_share", None, 0.5),
        ("cbam", "zone_share", "1", 0.25),
        ("cbam", "product", "1", None),
        ("cbam", "price", None, 80.0),
        ("cbam", "paid_at_home", "north", 0.0),
    ],
    "characterisation_factors": [
        ("warming", "co2", 1.0, None),
        ("warming", "ch4", 28.0, "a book"),
    ],
    "labels": [("food", "01")],
    "household_groups": [
        (2012, "north", "poor", "Poor", 1, 59.8, 1000.0, None),
        (2012, "north", "rich", "Rich", 2, 40.1, None, None),
        (2012, "south", "all", "Everybody", 1, 200.0, None, "hh"),
    ],
    "household_spending": [
        (2012, None, "poor", "1", None, 3.0),
        (2012, None, "rich", "1", None, 7.5),
        (2012, "north", "poor", None, "food", 80.0),
        (2012, "north", "rich", None, "food", 90.0),
        (2012, "north", "poor", "DIRECT", None, 1.0),
    ],
    "official_footprints": [
        (2012, "co2", "north", 1.5, "kt", "of residents", None, "an office"),
    ],
}


class TinyFolder:
    """The tables as rows in memory, written by `write`."""

    def __init__(self, path: Path, suffix: str = "csv") -> None:
        self.path = path
        self.suffix = suffix  # ``csv`` or ``parquet``
        self.tables = copy.deepcopy(TABLES)
        # headers, and types if they are not those of `TYPES`
        self.columns = {
            name: list(INPUT_TABLES[name].column_names) for name in self.tables
        }
        self.types: dict[tuple[str, str], pa.DataType] = {}
        self.descriptor: Any = copy.deepcopy(DESCRIPTOR)  # text is written as it is

    def refine(self) -> None:
        """Add the tables of `REFINEMENTS`."""
        for table, rows in REFINEMENTS.items():
            for row in rows:
                self.add(table, *row)

    def set(self, table: str, row: int, **fields: Any) -> None:
        """Change fields of a row."""
        self.tables[table][row].update(fields)

    def add(self, table: str, *fields: Any) -> None:
        """Append a row, fields in the order of the contract."""
        self.columns.setdefault(table, list(INPUT_TABLES[table].column_names))
        self.tables.setdefault(table, []).extend(_rows(table, fields))

    def write(self) -> Path:
        """Write the folder and return it."""
        self.path.mkdir(parents=True, exist_ok=True)
        for table, rows in self.tables.items():
            columns = {name: self._type(table, name) for name in self.columns[table]}
            fields = [[row.get(name) for name in columns] for row in rows]
            write_table(self.path / f"{table}.{self.suffix}", columns, fields)
        if self.descriptor is not None:
            text = self.descriptor
            if not isinstance(text, str):
                text = json.dumps(text, ensure_ascii=False)
            (self.path / "datapackage.json").write_text(text, encoding="utf-8")
        return self.path

    def _type(self, table: str, name: str) -> pa.DataType:
        if (table, name) in self.types:
            return self.types[table, name]
        if name not in INPUT_TABLES[table].column_names:
            return pa.string()
        return TYPES[INPUT_TABLES[table].column(name).kind]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
