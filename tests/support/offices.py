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

    def block(self, area: str) -> np.ndarray:
        """Return the numbers of an area, such as C5:F8."""
        (top, left), (bottom, right) = map(_place, area.split(":"))
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


@cache
def _book(path: Path) -> CalamineWorkbook:
    return CalamineWorkbook.from_path(path)


def _place(address: str) -> tuple[int, int]:
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
        value_added=t.block("C121:DL124").sum(axis=0),
        imports_by_sector=t.row("C125:DL125") + t.row("C126:DL126"),
        imports_by_category=t.row("DN125:DS125") + t.row("DN126:DS126"),
    )
    return {2018: table}


def chile(path: Path) -> dict[int, Expected]:
    """Sheet 1: every second column of final demand is blank."""
    t = Sheet(path, "1")
    rows = "CDEFGHIJKLMN"
    return {
        2013: Expected(
            transactions=np.hstack([t.block(f"{c}12:{c}23") for c in rows]),
            final_demand=np.hstack([t.block(f"{c}12:{c}23") for c in "RTVXZ"]),
            exports=t.row("AB12:AB23"),
            output=t.row("AD12:AD23"),
            value_added=t.row("C29:N29")
            + t.row("C30:N30")
            + t.block("C34:N36").sum(axis=0),
            imports_by_sector=t.row("C28:N28"),
        )
    }


def croatia(path: Path) -> dict[int, Expected]:
    """Tables 1800 and 1900 on one sheet, products in C to BO."""
    t = Sheet(path, "Table data english")
    users = ("BQ", "BR", "BS", "BU", "BV", "BW")

    def demand(first: int, last: int) -> np.ndarray:
        return np.hstack([t.block(f"{c}{first}:{c}{last}") for c in users])

    imported = np.hstack([t.block("C605:BO669"), demand(605, 669)])
    by_buyer = np.concatenate([t.row("C589:BO589"), demand(589, 589).ravel()])
    sums = imported.sum(axis=0)
    factors = np.divide(by_buyer, sums, out=np.zeros(len(sums)), where=sums != 0)
    return {
        2010: Expected(
            transactions=t.block("C522:BO586"),
            final_demand=demand(522, 586),
            exports=t.row("CD522:CD586"),
            output=t.row("CF522:CF586"),
            value_added=t.row("C588:BO588") + t.block("C591:BO594").sum(axis=0),
            imports_by_sector=by_buyer[:65],
            imports_by_category=by_buyer[65:],
            imported_products=imported * factors,
        )
    }


def jakarta(path: Path) -> dict[int, Expected]:
    """Domestic use; imports of final users are all use less domestic use."""
    t, everything = Sheet(path, "prod domestik"), Sheet(path, "total pembeli")
    return {
        2012: Expected(
            transactions=t.block("C4:BV75"),
            final_demand=t.block("BX4:CA75"),
            exports=t.row("CB4:CB75") + t.row("CC4:CC75"),
            output=t.row("CJ4:CJ75"),
            value_added=t.block("C78:BV82").sum(axis=0),
            imports_by_sector=t.row("C77:BV77"),
            imports_by_category=everything.row("BX76:CA76") - t.row("BX76:CA76"),
        )
    }


def japan(path: Path) -> dict[int, Expected]:
    """Take imports, which are inside the cells, out of each row by its share."""
    t = Sheet(path, "大分類")
    use, demand = t.block("C5:BB56"), t.block("BD5:BI56")
    imports = -(t.row("BP5:BP56") + t.row("BQ5:BQ56"))
    share = imports / (use.sum(axis=1) + demand.sum(axis=1))
    mix = share[:, np.newaxis] * np.hstack([use, demand])
    return {
        2020: Expected(
            transactions=use - mix[:, :52],
            final_demand=demand - mix[:, 52:],
            exports=t.row("BL5:BL56"),
            output=t.row("BT5:BT56"),
            value_added=t.block("C58:BB63").sum(axis=0),
            imports_by_sector=mix[:, :52].sum(axis=0),
            imports_by_category=mix[:, 52:].sum(axis=0),
            imported_products=mix,
        )
    }


def italy(path: Path) -> dict[int, Expected]:
    """15 years below each other, 120 rows each: domestic, imports, the rest."""
    t = Sheet(path, "National IO-tables")
    found = {}
    for k, year in enumerate(range(2000, 2015)):
        first = 3 + 120 * k
        cells = t.block(f"E{first}:BO{first + 119}")
        domestic, imported = cells[:56, :61], cells[56:112, :61]
        taxes, added, transport = cells[113, :61], cells[117, :61], cells[118, :61]
        by_buyer = cells[112, :61] + transport - domestic.sum(axis=0)
        sums = imported.sum(axis=0)
        factors = np.divide(by_buyer, sums, out=np.zeros(61), where=sums != 0)
        factors = np.where(factors > 0, factors, 0)
        found[year] = Expected(
            transactions=domestic[:, :56],
            final_demand=domestic[:, 56:],
            exports=cells[:56, 61],
            output=cells[:56, 62],
            value_added=(taxes + added)[:56],
            imports_by_sector=by_buyer[:56],
            imports_by_category=by_buyer[56:],
            imported_products=imported * factors,
        )
    return found


_BEA_USERS = (
    *("BW", "BX", "BY", "BZ", "CA", "CB", "CC", "CD", "CE", "CF"),
    *("CG", "CH", "CI", "CJ", "CK", "CL", "CM", "CN", "CO"),
)


def united_states(folder: Path) -> dict[int, Expected]:
    """Supply and use to industry by industry, written down step by step."""
    found = {}
    for year in range(1997, 2021):
        use = Sheet(folder / "use-master.xlsx", str(year))
        supply = Sheet(folder / "supply-master.xlsx", str(year))
        found[year] = _bea(use, supply)
    return found


def _bea(use: Sheet, supply: Sheet) -> Expected:
    made = supply.block("C8:BU80")
    demand = use.block("BW8:CO80")
    # consumption, investment of firms, of government, stocks; exports are column CC
    names = dict(
        zip(
            _BEA_USERS,
            demand.T,
            strict=True,
        )
    )
    users = np.column_stack(
        [
            names["BW"],
            names["CD"] + names["CH"] + names["CL"],
            names["BX"] + names["BY"] + names["BZ"] + names["CA"],
            sum(
                names[c] for c in ("CE", "CF", "CG", "CI", "CJ", "CK", "CM", "CN", "CO")
            ),
            names["CB"],
        ]
    )
    everything = np.column_stack([use.block("C8:BU80"), users, names["CC"]])
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
    added = use.row("C82:BU82") + use.row("C83:BU83") + use.row("C84:BU84")
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
    "australia": australia,
    "chile": chile,
    "croatia": croatia,
    "italy": italy,
    "jakarta": jakarta,
    "japan": japan,
    "united_states": united_states,
}
