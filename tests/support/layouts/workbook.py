"""Write a year of a system as a statistics office does: one sheet, or a sheet each.

Row 1 is a title; rows 2 and 3 are headers (region in merged cells, sector or category),
columns A and B likewise; then intermediate use, final demand, exports, output; below
them imports, value added and emissions; at the end a footer.
"""

import csv
import json
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from support.systems import System, Year

OWN_BLOCKS = (
    *("transactions", "final_demand", "exports", "output", "imports"),
    "imports_of_final_users",
)
FIRST_ROW, FIRST_COLUMN = 3, 2  # of the numbers, counted from 0


@dataclass
class Sheet:
    """Cells by row and column, and which of them are merged."""

    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def put(self, row: int, column: int, values: np.ndarray) -> None:
        """Write a block of numbers."""
        for (r, c), value in np.ndenumerate(np.atleast_2d(values)):
            self.cells[row + r, column + c] = float(value)

    def labels_across(self, column: int, pairs: list[tuple[str, str]]) -> None:
        """Write two header rows from `column` on, equal regions merged."""
        for region, group in groupby(enumerate(pairs, column), lambda item: item[1][0]):
            columns = [at for at, _ in group]
            self.cells[1, columns[0]] = region
            self.merged.append((1, columns[0], 1, columns[-1]))
        self.cells |= {(2, column + k): inner for k, (_, inner) in enumerate(pairs)}

    def labels_down(self, pairs: list[tuple[str, str]]) -> None:
        """Write two header columns, equal regions merged."""
        for region, group in groupby(
            enumerate(pairs, FIRST_ROW), lambda item: item[1][0]
        ):
            rows = [at for at, _ in group]
            self.cells[rows[0], 0] = region
            self.merged.append((rows[0], 0, rows[-1], 0))
        self.cells |= {(FIRST_ROW + k, 1): inner for k, (_, inner) in enumerate(pairs)}

    def rows(self) -> list[list[Any]]:
        """Return the cells as rows of equal length."""
        height = 1 + max(row for row, _ in self.cells)
        width = 1 + max(column for _, column in self.cells)
        return [[self.cells.get((r, c)) for c in range(width)] for r in range(height)]


@dataclass
class MatrixFile:
    """The sheets of a file and its map; tests spoil both before writing."""

    sheets: dict[str, Sheet]
    map: dict[str, Any]  # written as JSON, which is YAML

    def write_map(self, path: Path) -> Path:
        """Write the map."""
        text = json.dumps(_without_none(self.map), ensure_ascii=False, indent=1)
        path.write_text(text, encoding="utf-8")
        return path

    def write_excel(self, path: Path) -> Path:
        """Write a workbook."""
        book = Workbook()
        book.remove(book.active)
        for name, sheet in self.sheets.items():
            page = book.create_sheet(name)
            for (row, column), value in sheet.cells.items():
                page.cell(row + 1, column + 1, value)
            for top, left, bottom, right in sheet.merged:
                page.merge_cells(f"{address(top, left)}:{address(bottom, right)}")
        book.save(path)
        return path

    def write_csv(self, folder: Path, delimiter: str = ",", decimal: str = ".") -> Path:
        """Write one CSV file per sheet; return the folder, or the only file."""
        folder.mkdir(exist_ok=True)
        for name, sheet in self.sheets.items():
            path = folder / f"{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, delimiter=delimiter)
                writer.writerows(
                    [_field(value, decimal) for value in row] for row in sheet.rows()
                )
        return folder if len(self.sheets) > 1 else path


def _field(value: Any, decimal: str) -> str:
    if value is None:
        return ""
    return repr(value).replace(".", decimal) if isinstance(value, float) else value


def address(row: int, column: int) -> str:
    """Return the address of a cell counted from 0."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def close_columns(year: Year) -> None:
    """Scale value added to what columns leave of output."""
    output = year.output
    if output is None:
        demand = year.final_demand.sum(axis=(1, 2))
        output = year.transactions.sum(axis=1) + demand + year.exports
    left = output - year.transactions.sum(axis=0)
    if year.imports_by_sector is not None:
        left = left - year.imports_by_sector
    added = year.value_added.sum(axis=0)
    empty = added == 0
    year.value_added[0, empty] = left[empty]
    year.value_added[:, ~empty] *= (left / np.where(empty, 1, added))[~empty]


def matrix_file(system: System, number: int, has_sheets: bool = False) -> MatrixFile:
    """Return a year of a system as one sheet, or as one sheet per block."""
    year = system.years[number]
    writer = _SheetEach if has_sheets else _OneSheet
    layout = writer(system, year)
    layout.put_all()
    content = {**_head(system, number, year), "blocks": layout.blocks}
    if not has_sheets:
        content["sheet"] = "Table"
        content["header_rows"] = [2, 3]
        content["header_columns"] = ["A", "B"]
    return MatrixFile(layout.sheets, content)


class _OneSheet:
    """Everything in one grid, as in a printed table."""

    def __init__(self, system: System, year: Year) -> None:
        self.system, self.year = system, year
        self.sheets = {"Table": Sheet({(0, 0): "A table of all regions"})}
        self.blocks: dict[str, Any] = {}
        self.n, self.R, self.C = year.final_demand.shape
        regions = [region.id for region in system.regions]
        self.producers = system.producers
        self.users = [(r, c.id) for r in regions for c in system.categories]
        self.demand_column = FIRST_COLUMN + self.n

    def put_all(self) -> None:
        """Write every block the year has."""
        year, sheet = self.year, self.sheets["Table"]
        sheet.labels_down(self.producers)
        sheet.labels_across(FIRST_COLUMN, self.producers)
        sheet.labels_across(self.demand_column, self.users)
        self._put("transactions", FIRST_ROW, FIRST_COLUMN, year.transactions)
        demand = year.final_demand.reshape(self.n, -1)
        self._put("final_demand", FIRST_ROW, self.demand_column, demand)
        column = self.demand_column + self.R * self.C
        for name in ("exports", "output"):
            vector = getattr(year, name)
            if vector is not None:
                sheet.cells[2, column] = name.title()
                sheet.put(FIRST_ROW, column, vector[:, np.newaxis])
                self.blocks[name] = {"label": name.title()}
                column += 1
        self._put_rows()

    def _put(self, name: str, row: int, column: int, values: np.ndarray) -> None:
        self.sheets["Table"].put(row, column, values)
        self.blocks[name] = address(row, column)

    def _put_rows(self) -> None:
        year, row = self.year, FIRST_ROW + self.n
        sheet = self.sheets["Table"]
        if year.imports_by_sector is not None:
            sheet.cells[row, 0] = "Imports"
            self._put("imports", row, FIRST_COLUMN, year.imports_by_sector)
            if year.imports_by_category is not None:
                flat = np.ravel(year.imports_by_category)
                self._put("imports_of_final_users", row, self.demand_column, flat)
            row += 1
        values = [] if year.value_added is None else year.value_added
        self.blocks["value_added"] = {}
        for component, vector in zip(self.system.components, values, strict=False):
            sheet.cells[row, 1] = label = f"Value added: {component}"
            sheet.put(row, FIRST_COLUMN, vector)
            self.blocks["value_added"][component] = {"label": label}
            row += 1
        self.blocks["emissions"], self.blocks["direct_emissions"] = {}, {}
        for stressor, vector in year.emissions.items():
            sheet.cells[row, 0] = stressor
            sheet.put(row, FIRST_COLUMN, vector)
            self.blocks["emissions"][stressor] = address(row, FIRST_COLUMN)
            if stressor in year.direct:
                sheet.put(row, self.demand_column, year.direct[stressor].ravel())
                corner = address(row, self.demand_column)
                self.blocks["direct_emissions"][stressor] = corner
            row += 1
        sheet.cells[row + 1, 0] = "Source: the office itself"


class _SheetEach(_OneSheet):
    """One sheet per block, corner D5: labels just beside it, vectors as columns."""

    def put_all(self) -> None:
        """Write every block the year has."""
        year = self.year
        self.sheets = {}
        demand = year.final_demand.reshape(self.n, -1)
        self._page("transactions", year.transactions, self.producers)
        self._page("final_demand", demand, self.users)
        for name in ("exports", "output"):
            if getattr(year, name) is not None:
                column = getattr(year, name)[:, np.newaxis]
                self._page(name, column, [("", name)])
        self.blocks["emissions"], self.blocks["direct_emissions"] = {}, {}
        self.blocks["value_added"] = {}
        values = [] if year.value_added is None else year.value_added
        for component, vector in zip(self.system.components, values, strict=False):
            place = self._page(component, vector[:, np.newaxis], [("", component)])
            self.blocks["value_added"][component] = place
        for number, stressor in enumerate(year.emissions):
            column = year.emissions[stressor][:, np.newaxis]
            place = self._page(f"E{number}", column, [("", stressor)])
            self.blocks["emissions"][stressor] = place
            if stressor in year.direct:
                flat = year.direct[stressor].reshape(-1, 1)
                place = self._page(f"D{number}", flat, [("", stressor)], self.users)
                self.blocks["direct_emissions"][stressor] = place
        if year.imports_by_sector is not None:
            row = year.imports_by_sector[np.newaxis]
            self._page("imports", row, self.producers, [("", "Imports")])
        if year.imports_by_category is not None:
            row = year.imports_by_category.reshape(1, -1)
            self._page("imports_of_final_users", row, self.users, [("", "Imports")])

    def _page(
        self,
        name: str,
        values: np.ndarray,
        across: list[tuple[str, str]],
        down: list[tuple[str, str]] | None = None,
    ) -> dict[str, Any]:
        page = Sheet()
        page.labels_across(FIRST_COLUMN, across)
        page.labels_down(down or self.producers)
        page.put(FIRST_ROW, FIRST_COLUMN, values)
        self.sheets[name] = page
        place = {"sheet": name, "corner": address(FIRST_ROW, FIRST_COLUMN)}
        if name in OWN_BLOCKS:
            self.blocks[name] = place
        return place


def _head(system: System, number: int, year: Year) -> dict[str, Any]:
    return {
        "title": "A system",
        "source": f"Drawn for {number}",
        "licence": "CC0",
        "year": number,
        "country": system.country,
        "currency": system.currency,
        "currency_unit": system.currency_unit,
        "price_basis": "basic prices, current",
        "synthetic": system.is_synthetic,
        "regions": [
            _filled(
                region_id=region.id,
                region_name=region.name,
                parent_region_id=region.parent,
                region_type=region.type,
                population=year.population[k],
                gdp=year.gdp[k],
            )
            for k, region in enumerate(system.regions)
        ],
        "sectors": [
            _filled(
                sector_id=sector.id,
                sector_name=sector.name,
                sector_group=sector.group,
                is_power_supply=sector.is_power_supply,
            )
            for sector in system.sectors
        ],
        "categories": [
            _filled(category_id=c.id, category_name=c.name, category_group=c.group)
            for c in system.categories
        ],
        "stressors": [
            _filled(stressor_id=q.id, stressor_name=q.name, unit=q.unit)
            for q in system.stressors
        ],
    }


def _without_none(content: Any) -> Any:
    """Return a map without keys that a test set to None: they are not there."""
    if not isinstance(content, dict):
        return content
    return {k: _without_none(v) for k, v in content.items() if v is not None}


def _filled(**fields: Any) -> dict[str, str]:
    """Return the fields that are not None, as people write them."""
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in fields.items()
        if value is not None
    }
