"""WIOD 2013: a workbook of a year, and accounts with one workbook per country."""

import zipfile
from pathlib import Path

import numpy as np
import openpyxl

from support.systems import System, Year
from support.xls import write_xls

# rows below the matrix: code, label
_BELOW = (
    ("r60", "Total intermediate consumption"),
    ("r61", "taxes less subsidies on products"),
    ("r62", "Cif/ fob adjustments on exports"),
    ("r63", "Direct purchases abroad by residents"),
    ("r64", "Purchases on the domestic territory by non-residents"),
    ("r65", "Value added at basic prices"),
    ("r66", "International Transport Margins"),
    ("r69", "Output at basic prices"),
)


def write_wiod(
    system: System,
    number: int,
    folder: Path,
    codes: tuple[str, ...],
    margins: np.ndarray | None = None,
    extra_territorial: float = 0.0,
    as_zip: bool = False,
) -> Path:
    """Write table and air accounts; `codes` are c1 .. c35 of the sectors."""
    folder.mkdir(parents=True, exist_ok=True)
    year = system.years[number]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = f"WIOT_{number}"
    for row in _rows(system, number, year, codes, margins):
        sheet.append(row)
    book.create_sheet("Notes")
    book.save(folder / f"wiot{number % 100:02}_row_apr12.xlsx")
    accounts = folder / "AIR_may12"
    accounts.mkdir()
    for k, region in enumerate(system.regions):
        rows = _account(system, year, k, extra_territorial)
        name = region.id.replace("ROM", "ROU").upper()
        write_xls(accounts / f"{name}_AIR_May12.xls", {str(number): rows})
    if as_zip:
        with zipfile.ZipFile(folder / "AIR_may12.zip", "w") as archive:
            for path in sorted(accounts.iterdir()):
                archive.write(path, path.name)
                path.unlink()
        accounts.rmdir()
    return folder


def _rows(
    system: System,
    number: int,
    year: Year,
    codes: tuple[str, ...],
    margins: np.ndarray | None,
) -> list[list]:
    n = len(system.producers)
    users = [(r.id, c.id) for r in system.regions for c in system.categories]
    demand = year.final_demand.reshape(n, -1)
    names = [s.name for s in system.sectors]
    producers = [
        (code, name, region.id, c)
        for region in system.regions
        for code, name, c in zip(
            [s.id for s in system.sectors], names, codes, strict=True
        )
    ]
    columns = [*producers, *[(None, f"Demand {c}", r, c) for r, c in users]]
    total = [None, "Total output", None, None]
    head = [
        [f"World Input-Output Table, {number}"],
        [None],
        *[
            [None, None, None, None, *[column[k] for column in columns], total[k]]
            for k in range(4)
        ],
    ]
    head[2][0], head[3][0] = "(industry-by-industry)", "(millions of US$)"
    output = year.transactions.sum(axis=1) + demand.sum(axis=1)
    body = [
        [*labels, *year.transactions[i], *demand[i], output[i]]
        for i, labels in enumerate(producers)
    ]
    margins = np.zeros(n) if margins is None else margins
    added = year.value_added
    values = {
        "r60": year.transactions.sum(axis=0),
        "r61": added[0],
        "r65": added[1],
        "r66": margins,
        "r69": output,
    }
    empty = [0.0] * len(users)
    below = [
        [None, label, "TOT", code, *values.get(code, np.zeros(n)), *empty, None]
        for code, label in _BELOW
    ]
    return [[_plain(cell) for cell in row] for row in [*head, *body, *below]]


def _plain(cell: object) -> object:
    return float(cell) if isinstance(cell, np.floating) else cell


def _account(system: System, year: Year, region: int, outside: float) -> list[list]:
    """Return the air account of a region: industries, others, households, total."""
    (stressor,) = year.emissions
    own = year.emissions[stressor][system.block(region)]
    households = float(year.direct[stressor][region].sum())
    rows: list[list] = [["Air emissions", None, "CO2", "CH4"]]
    for sector, value in zip(system.sectors, own, strict=True):
        rows.append([sector.name, f"sec{sector.id}", float(value), 2.0])
    rows.append(["Extra-territorial organizations", "secQ", outside, 0.0])
    rows.append(["Households", "FC_HH", households, 1.0])
    rows.append(["Total", "secTOT", float(own.sum()) + households + outside, 0.0])
    return rows
