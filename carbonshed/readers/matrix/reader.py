"""The formats ``excel`` and ``csv-matrix``: plain matrices, placed by a map."""

from pathlib import Path

import numpy as np

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.competitive_imports import (
    ERROR_CATEGORY,
    describe_split,
    import_shares,
    split_imports,
)
from carbonshed.readers.common.grids import CsvGrids, Grid, WorkbookGrids
from carbonshed.readers.common.workbooks import cell_name
from carbonshed.readers.matrix.axes import (
    Headers,
    Names,
    find_label,
    first_position,
    read_axis,
)
from carbonshed.readers.matrix.matrix_map import MatrixMap, read_map
from carbonshed.readers.matrix.places import Place
from carbonshed.readers.options import IngestOptions
from carbonshed.text import Progress, listing


def read_excel(source: Path, options: IngestOptions, progress: Progress) -> MatrixTable:
    """Read a matrix workbook.

    Parameters
    ----------
    source
        An .xlsx file.
    options
        With the map.
    progress
        Told which block is being read.

    Raises
    ------
    CarbonshedError
        If the map, a label or a cell is not as it should be.
    """
    plan = read_map(options)
    return _Reader(plan, WorkbookGrids(source), progress).table()


def read_csv_matrix(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a matrix from a CSV file, or from a folder with one file per block.

    Parameters
    ----------
    source
        The file or folder.
    options
        With the map; a ``sheet`` of it is the name of a file without ``.csv``.
    progress
        Told which block is being read.

    Raises
    ------
    CarbonshedError
        As `read_excel`.
    """
    if not source.exists():
        raise CarbonshedError(f"{source}: no such file or folder")
    plan = read_map(options)
    return _Reader(plan, CsvGrids(source, plan.csv), progress).table()


class _Reader:
    """Reads the blocks of one file; collects what was decided."""

    def __init__(
        self, plan: MatrixMap, grids: WorkbookGrids | CsvGrids, progress: Progress
    ) -> None:
        self.plan, self.grids, self.progress = plan, grids, progress
        self.decisions: list[Decision] = []
        self.beside: list[str] = []
        self.file = ""
        regions = plan.texts["regions"]
        n_regions = len(plan.labels["regions"])
        self.producers, self.users = (
            Names(regions, plan.texts[key], n_regions, count, name)
            for key, count, name in (
                ("sectors", len(plan.labels["sectors"]), "sector"),
                ("categories", _without_error(plan), "category"),
            )
        )

    def table(self) -> MatrixTable:
        """Return the table with all its blocks."""
        places, plan = self.plan.places, self.plan
        n_blocks = len(places.blocks) + sum(map(len, places.named.values()))
        blocks: dict[str, np.ndarray] = {}
        named: dict[str, dict[str, np.ndarray]] = {name: {} for name in places.named}
        for name, place in places.blocks.items():
            self.progress(f"reading {place.key}", len(blocks) / n_blocks)
            blocks[name] = self._block(name, place)
        for name, members in places.named.items():
            for key, place in members.items():
                self.progress(f"reading {place.key}", len(blocks) / n_blocks)
                named[name][key] = self._vector(place, self._names_of(name))
        if self.beside:
            text = f"placed by address: {listing(self.beside)}"
            self.decisions.append(Decision("placed_by_address", text))
        split = self._split(blocks) if places.imports_inside else {}
        blocks |= split
        shape = (self.users.n_regions, self.users.n_inner)
        direct = {
            key: vector.reshape(shape)
            for key, vector in named["direct_emissions"].items()
        }
        demand, by_user = blocks["final_demand"], blocks.get("imports_of_final_users")
        if "error" in blocks:
            demand, by_user, direct = self._with_error(
                blocks["error"], demand, by_user, direct
            )
        return MatrixTable(
            year=plan.year,
            regions=plan.labels["regions"],
            sectors=plan.labels["sectors"],
            categories=plan.labels["categories"],
            stressors=plan.labels["stressors"],
            population=plan.population,
            gdp=plan.gdp,
            transactions=blocks["transactions"],
            final_demand=demand,
            descriptor=plan.descriptor,
            exports=blocks.get("exports"),
            imports_by_sector=blocks.get("imports"),
            imports_by_category=by_user,
            value_added=named["value_added"],
            output=blocks.get("output"),
            emissions=named["emissions"],
            direct_emissions=direct,
            decisions=self.decisions,
        )

    def _names_of(self, name: str) -> Names:
        of_users = ("imports_of_final_users", "direct_emissions")
        return self.users if name in of_users else self.producers

    def _block(self, name: str, place: Place) -> np.ndarray:
        if name == "transactions":
            return self._matrix(place, self.producers)
        if name == "final_demand":
            return self._matrix(place, self.users)
        return self._vector(place, self._names_of(name))

    def _headers(self, place: Place, grid: Grid) -> tuple[Headers, Headers]:
        """Return the headers above and left of a block."""
        depth = 2 if self.producers.n_regions > 1 else 1
        lines = []
        corner = place.corner or (None, None)
        given = (place.header_rows, place.header_columns)
        for number, first, said in zip(corner, ("rows", "columns"), given, strict=True):
            if said is None and (number is None or number < depth):
                raise CarbonshedError(
                    f"{self.plan.file}: `{place.key}`: no room for labels beside "
                    f"{cell_name(*place.corner) if place.corner else place.label!r}; "
                    f"expected `header_{first}`, which say where its labels are"
                )
            lines.append(said or tuple(range(number - depth, number)))
        return Headers(grid, lines[0], True), Headers(grid, lines[1], False)

    def _matrix(self, place: Place, names: Names) -> np.ndarray:
        grid = self.grids.grid(place.sheet)
        above, left = self._headers(place, grid)
        row, column = place.corner or self._by_label(
            place, (above, names), (left, self.producers)
        )
        self._check_label(place, above, left)
        rows = read_axis(left, row, self.producers)
        columns = read_axis(above, column, names)
        cells = grid.block((row, column), (len(rows), len(columns)))
        block = np.empty_like(cells)
        block[np.ix_(rows, columns)] = self._without_gaps(cells, place, grid)
        return block

    def _vector(self, place: Place, names: Names) -> np.ndarray:
        """Read one row or one column, whichever has the labels."""
        grid = self.grids.grid(place.sheet)
        above, left = self._headers(place, grid)
        row, column = place.corner or self._by_label(
            place, (above, names), (left, names)
        )
        is_column = left.starts_axis(row, names)
        if is_column == above.starts_axis(column, names):
            found = "both" if is_column else "neither"
            raise CarbonshedError(
                f"{grid.where}: {cell_name(row, column)} (`{place.key}` of the map) "
                f"should begin a row or a column of numbers with labels of regions "
                f"and {names.inner_name} labels above or left of it; {found} has them"
            )
        self._check_direction(place, grid, (row, column), is_column)
        self._check_label(place, above, left)
        if place.corner and not place.label:
            # nothing says that this is the row which the map means: show what it is
            own, position = (above, column) if is_column else (left, row)
            shown = " ".join(own.text(line, position) for line in own.lines).strip()
            kind = "column" if is_column else "row"
            header = f"{kind} {shown[:60]!r}" if shown else f"{kind} without a header"
            self.beside.append(
                f"{place.key} at {cell_name(row, column)} is the {header}"
            )
        if is_column:
            order = read_axis(left, row, names)
            cells = grid.block((row, column), (len(order), 1))[:, 0]
        else:
            order = read_axis(above, column, names)
            cells = grid.numbers(row, column, len(order))
        vector = np.empty_like(cells)
        vector[order] = self._without_gaps(cells, place, grid)
        return vector

    def _check_label(self, place: Place, above: Headers, left: Headers) -> None:
        """Refuse a corner that is not beside the label which the map gives with it."""
        if place.corner is None or place.label is None:
            return
        row, column = place.corner
        cells = [
            (headers.text(line, position), headers.address(line, position))
            for headers, position in ((left, row), (above, column))
            for line in headers.lines
        ]
        if place.label not in [text for text, _ in cells]:
            found = ", ".join(f"{text[:60]!r} in {address}" for text, address in cells)
            raise CarbonshedError(
                f"{above.grid.where}: `{place.key}` at {cell_name(row, column)} has no "
                f"header {place.label!r}; found {found}: were rows or columns moved?"
            )

    def _check_direction(
        self, place: Place, grid: Grid, corner: tuple[int, int], is_column: bool
    ) -> None:
        """Refuse imports by product as imports by buyer, and the other way round."""
        if place is not self.plan.places.blocks.get("imports"):
            return
        if is_column == self.plan.places.imports_inside:
            return
        said = "a column: imports by product" if is_column else "a row: by buyer"
        advice = (
            "say `imports_inside: true` in the map if the cells hold imports, to take "
            "them out in proportion"
            if is_column
            else "take `imports_inside` out of the map, or give the column by product"
        )
        raise CarbonshedError(
            f"{grid.where}: `{place.key}` at {cell_name(*corner)} is {said}; {advice}"
        )

    def _by_label(
        self, place: Place, across: tuple[Headers, Names], down: tuple[Headers, Names]
    ) -> tuple[int, int]:
        """Return the corner of a block from the text of a header cell."""
        grid = across[0].grid
        headers, position = find_label(
            grid, place.label, f"`{place.key}`", [across[0], down[0]]
        )
        is_above = headers is across[0]
        other, expected = down if is_above else across
        begin = first_position(
            other,
            max(headers.lines) + 1,
            lambda start: other.starts_axis(start, expected),
        )
        if begin < 0:
            address = headers.address(headers.lines[-1], position)
            raise CarbonshedError(
                f"{grid.where}: the label {place.label!r} (`{place.key}`) is at "
                f"{address}, but no row or column of numbers with labels of the map "
                "begins there; see header_rows and header_columns"
            )
        return (begin, position) if is_above else (position, begin)

    def _without_gaps(self, cells: np.ndarray, place: Place, grid: Grid) -> np.ndarray:
        """Set empty cells to 0, and say how many."""
        self.file = grid.where
        is_empty = np.isnan(cells)
        count = int(is_empty.sum())
        if count == cells.size:
            raise CarbonshedError(
                f"{grid.where}: `{place.key}` holds no number; expected numbers "
                "(formulas have none before a spreadsheet program has computed and "
                "saved them)"
            )
        if count:
            text = (
                f"{grid.where}: {place.key}: {count} empty cells of {cells.size} "
                "count as 0"
            )
            self.decisions.append(Decision("empty_cells", text))
        return np.where(is_empty, 0.0, cells)

    def _split(self, blocks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Take the imports out of the cells; return the blocks that change."""
        plan = self.plan
        use, demand = blocks["transactions"], blocks["final_demand"]
        labels = [
            f"{region['region_id']} / {sector['sector_id']}"
            for region in plan.labels["regions"]
            for sector in plan.labels["sectors"]
        ]
        shares = import_shares(
            use.sum(axis=1) + demand.sum(axis=1), blocks["imports"], labels, self.file
        )
        split = split_imports(use, demand, shares)
        block = plan.descriptor["mrio"]
        unit = f"x {block['currency_unit']:.10g} {block['currency']}"
        self.decisions.append(describe_split(split, labels, unit))
        return {
            "transactions": split.transactions,
            "final_demand": split.final_demand,
            "imports": split.imports_by_sector,
            "imports_of_final_users": split.imports_by_user,
        }

    def _with_error(
        self,
        error: np.ndarray,
        demand: np.ndarray,
        by_user: np.ndarray | None,
        direct: dict[str, np.ndarray],
    ) -> tuple[np.ndarray, np.ndarray | None, dict[str, np.ndarray]]:
        """Make the discrepancy of a row a use of its own in the same region."""
        regions, categories = self.users.n_regions, self.users.n_inner
        n = self.producers.length
        own = np.arange(n) // self.producers.n_inner
        wide = np.zeros((n, regions, categories + 1))
        wide[:, :, :categories] = demand.reshape(n, regions, categories)
        wide[np.arange(n), own, categories] = error
        text = (
            f"{ERROR_CATEGORY['category_name'].lower()} of rows, {error.sum():.10g} in "
            f"all and {np.abs(error).sum():.10g} without its signs, is the final "
            f"demand category {ERROR_CATEGORY['category_id']} of group "
            f"{ERROR_CATEGORY['category_group']}"
        )
        self.decisions.append(Decision("statistical_discrepancy", text))
        if by_user is not None:
            by_user = np.pad(by_user.reshape(regions, categories), ((0, 0), (0, 1)))
            by_user = by_user.ravel()
        direct = {k: np.pad(block, ((0, 0), (0, 1))) for k, block in direct.items()}
        return wide.reshape(n, regions * (categories + 1)), by_user, direct


def _without_error(plan: MatrixMap) -> int:
    """Return the number of categories that have columns in the file."""
    return len(plan.labels["categories"]) - ("error" in plan.places.blocks)
