"""The workbooks of seven offices, read by addresses: without maps and readers."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineWorkbook

SOURCES = {
    "australia": "australia_abs/520905500105.xls",
    "chile": "chile_bcch_2013/mip_2013_bcch_12x12.xlsx",
    "croatia": "croatia_dzs_2010/Croatia_2010.xlsx",
    "italy": "wiod16_italy/ITA_NIOT_nov16.xlsx",
    "jakarta": "indonesia_dki_2012/DKI2012.xlsx",
    "japan": "japan_meti_2020/io_table.xlsx",
    "united_states": "usa_bea",
}


@dataclass
class Expected:
    """Blocks of one year; None where the office has none."""

    transactions: np.ndarray
    final_demand: np.ndarray
    exports: np.ndarray
    output: np.ndarray
    value_added: np.ndarray  # all components
    imports_by_sector: np.ndarray | None = None
    imports_by_category: np.ndarray | None = None
    imported_products: np.ndarray | None = None


@dataclass
class Sheet:
    """The cells of a sheet; texts, blanks and marks are zero in blocks."""

    path: Path
    name: str
    rows: list[list[Any]] = field(init=False)

    def __post_init__(self) -> None:
        """Read the sheet."""
        self.rows = (
            _book(self.path)
            .get_sheet_by_name(self.name)
            .to_python(skip_empty_area=False)
        )

    def block(self, areas: str) -> np.ndarray:
        """Return the numbers of areas beside each other, such as C5:F8 R5:R8."""
        return np.hstack([self._area(area) for area in areas.split()])

    def _area(self, area: str) -> np.ndarray:
        (top, left), (bottom, right) = map(_position, area.split(":"))
        return np.array(
            [
                [
                    float(cell) if isinstance(cell, int | float) else 0.0
                    for cell in row[left : right + 1]
                ]
                for row in self.rows[top : bottom + 1]
            ]
        )

    def row(self, area: str) -> np.ndarray:
        """Return a row or column of numbers."""
        return self.block(area).ravel()

    def sums(self, *areas: str) -> np.ndarray:
        """Return the sum of rows."""
        return sum(self.block(area).sum(axis=0) for area in areas)


@cache
def _book(path: Path) -> CalamineWorkbook:
    return CalamineWorkbook.from_path(path)


def _position(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(address[len(letters) :]) - 1, column - 1


def australia(path: Path) -> dict[int, Expected]:
    """Table 5: industries in C to DL, rows 4 to 117."""
    t = Sheet(path, "Table 5")
    table = Expected(
        transactions=t.block("C4:DL117"),
        final_demand=t.block("DN4:DS117"),
        exports=t.row("DT4:DT117"),
        output=t.row("DV4:DV117"),
        value_added=t.sums("C121:DL124"),
        imports_by_sector=t.sums("C125:DL126"),
        imports_by_category=t.sums("DN125:DS126"),
    )
    return {2018: table}


def chile(path: Path) -> dict[int, Expected]:
    """Sheet 1: every second column of final demand is blank."""
    t = Sheet(path, "1")
    table = Expected(
        transactions=t.block("C12:N23"),
        final_demand=t.block("R12:R23 T12:T23 V12:V23 X12:X23 Z12:Z23"),
        exports=t.row("AB12:AB23"),
        output=t.row("AD12:AD23"),
        value_added=t.sums("C29:N30", "C34:N36"),
        imports_by_sector=t.row("C28:N28"),
    )
    return {2013: table}


def _scaled(imported: np.ndarray, by_buyer: np.ndarray) -> np.ndarray:
    """Return imports by product and buyer that sum to those of each buyer."""
    return imported * np.clip(_ratio(by_buyer, imported.sum(axis=0)), 0, None)


def croatia(path: Path) -> dict[int, Expected]:
    """Tables 1800 and 1900 on one sheet, products in C to BO."""
    t = Sheet(path, "Table data english")

    def with_users(first: int, last: int) -> np.ndarray:
        columns = ("C BO", "BQ BS", "BU BW")
        areas = (column.split() for column in columns)
        return t.block(" ".join(f"{a}{first}:{b}{last}" for a, b in areas))

    use, by_buyer = with_users(522, 586), with_users(589, 589).ravel()
    table = Expected(
        transactions=use[:, :65],
        final_demand=use[:, 65:],
        exports=t.row("CD522:CD586"),
        output=t.row("CF522:CF586"),
        value_added=t.sums("C588:BO588", "C591:BO594"),
        imports_by_sector=by_buyer[:65],
        imports_by_category=by_buyer[65:],
        imported_products=_scaled(with_users(605, 669), by_buyer),
    )
    return {2010: table}


def jakarta(path: Path) -> dict[int, Expected]:
    """Domestic use; imports of final users are all use less domestic use."""
    t, everything = Sheet(path, "prod domestik"), Sheet(path, "total pembeli")
    table = Expected(
        transactions=t.block("C4:BV75"),
        final_demand=t.block("BX4:CA75"),
        exports=t.block("CB4:CC75").sum(axis=1),
        output=t.row("CJ4:CJ75"),
        value_added=t.sums("C78:BV82"),
        imports_by_sector=t.row("C77:BV77"),
        imports_by_category=everything.row("BX76:CA76") - t.row("BX76:CA76"),
    )
    return {2012: table}


def japan(path: Path) -> dict[int, Expected]:
    """Take imports, which are inside the cells, out of each row by its share."""
    t = Sheet(path, "大分類")
    use = t.block("C5:BB56 BD5:BI56")
    share = -t.block("BP5:BQ56").sum(axis=1) / use.sum(axis=1)
    mix = share[:, np.newaxis] * use
    table = Expected(
        transactions=(use - mix)[:, :52],
        final_demand=(use - mix)[:, 52:],
        exports=t.row("BL5:BL56"),
        output=t.row("BT5:BT56"),
        value_added=t.sums("C58:BB63"),
        imports_by_sector=mix[:, :52].sum(axis=0),
        imports_by_category=mix[:, 52:].sum(axis=0),
        imported_products=mix,
    )
    return {2020: table}


def italy(path: Path) -> dict[int, Expected]:
    """15 years below each other, 120 rows each: domestic, imports, the rest."""
    t = Sheet(path, "National IO-tables")
    tables = {}
    for k, year in enumerate(range(2000, 2015)):
        first = 3 + 120 * k
        cells = t.block(f"E{first}:BO{first + 119}")
        domestic, imported = cells[:56, :61], cells[56:112, :61]
        taxes, added, transport = cells[113, :61], cells[117, :61], cells[118, :61]
        by_buyer = cells[112, :61] + transport - domestic.sum(axis=0)
        tables[year] = Expected(
            transactions=domestic[:, :56],
            final_demand=domestic[:, 56:],
            exports=cells[:56, 61],
            output=cells[:56, 62],
            value_added=(taxes + added)[:56],
            imports_by_sector=by_buyer[:56],
            imports_by_category=by_buyer[56:],
            imported_products=_scaled(imported, by_buyer),
        )
    return tables


def united_states(folder: Path) -> dict[int, Expected]:
    """Supply and use to industry by industry, written down step by step."""
    return {
        year: _bea(
            Sheet(folder / "use-master.xlsx", str(year)),
            Sheet(folder / "supply-master.xlsx", str(year)),
        )
        for year in range(1997, 2021)
    }


def _bea(use: Sheet, supply: Sheet) -> Expected:
    made = supply.block("C8:BU80")
    # consumption, government, investment, stocks, the rest; exports are column CC
    columns = (
        "BW",
        "CD CH CL",
        "BX BY BZ CA",
        "CE CF CG CI CJ CK CM CN CO",
        "CB",
        "CC",
    )
    users = [
        sum(use.row(f"{c}8:{c}80") for c in letters.split()) for letters in columns
    ]
    everything = np.column_stack([use.block("C8:BU80"), *users])
    imports, cif_fob = supply.row("BW8:BW80"), supply.row("BX8:BX80")
    margins = [supply.row("BZ8:BZ80"), supply.row("CA8:CA80")]
    taxes = supply.row("CF8:CF80")
    # margins: each row pays the same rate on all its uses, and services earn them
    total = everything.sum(axis=1)
    basic = everything.copy()
    for column in margins:
        paid, earned = np.clip(column, 0, None), np.clip(-column, 0, None)
        part = _ratio(paid, total)[:, np.newaxis] * everything
        basic += np.outer(earned / earned.sum(), part.sum(axis=0)) - part
    rate = _ratio(taxes, basic.sum(axis=1))[:, np.newaxis]
    paid_taxes = rate * basic
    basic -= paid_taxes
    basic[:, -1] -= cif_fob
    # a negative import is a correction, counted as an export
    basic[:, -1] -= np.clip(imports, None, 0)
    imports = np.clip(imports, 0, None)
    share = np.minimum(_ratio(imports, basic.sum(axis=1)), 1)[:, np.newaxis]
    own, bought = (1 - share) * basic, (share * basic)[:, :-1]
    maker = _ratio(made.T, made.sum(axis=1))
    table = maker @ own
    mix = maker @ bought
    mix *= _ratio(bought.sum(axis=0), mix.sum(axis=0))
    added = use.sums("C82:BU84")
    return Expected(
        transactions=table[:, :71],
        final_demand=table[:, 71:76],
        exports=table[:, 76],
        output=made.sum(axis=0),
        value_added=added + paid_taxes[:, :71].sum(axis=0),
        imports_by_sector=bought[:, :71].sum(axis=0),
        imports_by_category=bought[:, 71:].sum(axis=0),
        imported_products=mix,
    )


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return a quotient, 0 where nothing is below."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    wide = np.broadcast_to(below, shape)
    return np.divide(above, wide, out=np.zeros(shape), where=wide != 0)


READINGS = {
    read.__name__: read
    for read in (australia, chile, croatia, italy, jakarta, japan, united_states)
}
