"""The numbers of blocks and lines, by producer and by final user."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import Books, Grid
from carbonshed.readers.files.workbooks import cell_name, text_of
from carbonshed.readers.workbook.addresses import Block, Frame, Term
from carbonshed.readers.workbook.axes import (
    Axis,
    Headers,
    Names,
    Used,
    first_start,
    read_axis,
    resolve_area,
    shown,
    starts_axis,
)
from carbonshed.readers.workbook.contradictions import (
    check_groups,
    check_labels,
    check_names,
    check_region,
    check_titles,
)
from carbonshed.text import listing, suggestion

_ORIGIN, _DESTINATION, _BOTH = "{origin}", "{destination}", "{region}"

Variant = tuple[Frame, int | None, int | None]
Sides = tuple[Headers, Headers]  # the labels above and left of a block


def by_region(frame: Frame, names: Sequence[str]) -> Iterator[Variant]:
    """Yield the frame of each sheet with its region of origin and of destination.

    A region is None where the labels on the sheet name it.
    """
    name = f"{frame.file or ''}|{frame.sheet or ''}"
    regions = range(len(names))
    if _BOTH in name:
        pairs = [(region, region) for region in regions]
    else:
        pairs = [
            (origin, destination)
            for origin in (regions if _ORIGIN in name else [None])
            for destination in (regions if _DESTINATION in name else [None])
        ]
    for origin, destination in pairs:
        update = {
            key: _filled(getattr(frame, key), names, origin, destination)
            for key in ("file", "sheet")
        }
        yield frame.model_copy(update=update), origin, destination


def _filled(
    text: str | None, names: Sequence[str], origin: int | None, destination: int | None
) -> str | None:
    """Return the name of a file or sheet with the names of its regions put in."""
    marks = ((_ORIGIN, origin), (_BOTH, origin), (_DESTINATION, destination))
    for mark, region in marks:
        if text and region is not None:
            text = text.replace(mark, names[region])
    return text


@dataclass
class BlockReader:
    """A reader of the blocks of one year, which notes what it has read."""

    books: Books  # the sheets
    sheets: list[str]  # the name of each region in the name of a sheet
    marks: frozenset[str] = frozenset()  # texts that mean zero
    # labels that the map gives to lines outside the block of transactions
    others: frozenset[str] = frozenset()
    allow_missing_pairs: bool = False  # pairs of region and label may be missing
    groups: tuple[str, ...] = ()  # the group of each category
    full: frozenset[str] = frozenset()  # blocks without empty cells
    gaps: frozenset[str] = frozenset()  # keys of printed sums that may have some
    used: list[Used] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    placed_by_address: list[str] = field(default_factory=list)
    # first position of a kind of label along headers, and "end" after the last
    _starts: dict[tuple, int] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """File and sheet of the block that was read first: the main one."""
        return self.used[0].sheet if self.used else ""

    def matrix(self, block: Block, down: Names, across: Names) -> np.ndarray:
        """Return a matrix, shape (down.length, across.length)."""
        matrix = np.zeros((down.length, across.length))
        for frame, origin, destination in by_region(block.frame, self.sheets):
            own = replace(block, frame=frame)
            matrix += self._matrix(own, down.only(origin), across.only(destination))
        return matrix

    def vector(
        self, terms: tuple[Term, ...], names: Names, kind: str | None = None
    ) -> np.ndarray:
        """Return a vector, shape (names.length,), the sum of its terms.

        `kind`, ``row`` or ``column``, refuses terms that run the other way.
        """
        vector = np.zeros(names.length)
        for term in terms:
            for frame, origin, destination in by_region(term.frame, self.sheets):
                # a column has the rows of the sheet, a row its columns
                region = {"column": origin, "row": destination}.get(
                    term.direction or "",
                    origin if origin is not None else destination,
                )
                own = replace(term, frame=frame)
                vector += self._term(own, names.only(region), kind)
        return vector

    def headers(
        self, frame: Frame, corner: tuple[int, int] | None, depth: int, key: str
    ) -> Sides:
        """Return the headers above and left of a block."""
        grid = self.books.grid(frame.file, frame.sheet, self.marks)
        area = resolve_area(grid, frame.area)

        def side(is_across: bool) -> Headers:
            rule = frame.columns if is_across else frame.rows
            number = corner[0 if is_across else 1] if corner else None
            lines, label_grid = rule.headers, None
            if rule.labels is not None:
                sheet = rule.labels[0] or frame.sheet
                label_grid = self.books.grid(frame.file, sheet, self.marks)
            if not lines:
                need = 0 if label_grid is not None or rule.is_ordered else depth
                if number is None or number < need:
                    first = "rows" if is_across else "columns"
                    beside = cell_name(*corner) if corner else "the block"
                    raise CarbonshedError(
                        f"`{key}` of the map: no room for labels beside {beside}; "
                        f"expected `header_{first}`, which say where its labels are"
                    )
                lines = (
                    tuple(range(number - depth, number)) if number >= depth else (0,)
                )
            return Headers(grid, area, lines, is_across, rule, label_grid)

        return side(is_across=True), side(is_across=False)

    def _matrix(self, block: Block, down: Names, across: Names) -> np.ndarray:
        depth = 2 if down.has_region_labels or across.has_region_labels else 1
        above, left = sides = self.headers(block.frame, block.corner, depth, block.key)
        row, column = block.corner or (
            self._start_of(block.key, left, above, down),
            self._start_of(block.key, above, left, across),
        )
        if block.corner and block.label:
            check_label(block, sides)
        rows = self._axis(block.key, left, row, down, column)
        columns = self._axis(block.key, above, column, across, row)
        regions = {down.region, across.region} - {None}
        notes = check_titles(above, down, regions, row)
        self.decisions += [d for d in notes if d not in self.decisions]
        if across.kind == "category":
            titles = {m.index: m.title for m in reversed(across.members)}
            self.decisions += check_groups(
                above, columns, self.groups, titles, row, block.key
            )
        self._starts.setdefault((left.key, down.kind), row)
        self._starts.setdefault((above.key, across.kind), column)
        self._starts.setdefault((above.key, "end"), columns.end)
        self._note_missing(block.key, left.grid, rows, columns)
        cells = self._cells(block.key, sides, rows, columns)
        self._refuse_unlabelled(left, rows, columns)
        self._refuse_unlabelled(above, columns, rows)
        return columns.gather(rows.gather(cells).T).T

    def _term(self, term: Term, names: Names, kind: str | None) -> np.ndarray:
        depth = 2 if names.has_region_labels else 1
        above, left = sides = self.headers(term.frame, term.corner, depth, term.key)
        first = (
            self._first_number(left, above, names),
            self._first_number(above, left, names),
        )
        is_column, lines = lines_of(term, sides, names, first)
        check_kind(term, left.grid, is_column, kind)
        if term.corner is not None and not term.label:
            self.placed_by_address.append(describe_address(term, sides, is_column))
        along, other = (left, above) if is_column else (above, left)
        start = (
            self._start_of(term.key, along, other, names)
            if term.corner is None
            else term.corner[0 if is_column else 1]
        )
        before = first[1] if is_column else first[0]
        axis = self._axis(term.key, along, start, names, before)
        self._note_missing(term.key, left.grid, axis)
        if is_column:
            cells = self._cells(term.key, sides, axis, lines, term.sign)
            total = cells.sum(axis=1)
        else:
            cells = self._cells(term.key, sides, lines, axis, term.sign)
            total = cells.sum(axis=0)
        return term.sign * axis.gather(total)

    def _axis(
        self, key: str, headers: Headers, start: int, names: Names, before: int
    ) -> Axis:
        """Return the lines of one side, checked; `before` ends their headers."""
        axis = read_axis(headers, start, names, self.others, self.allow_missing_pairs)
        if not headers.is_across:
            # matrices may stand between the labels and the numbers
            rows = set(axis.positions.tolist())
            columns = [
                min(used.columns)
                for used in self.used
                if used.sheet == headers.grid.where
                if used.is_matrix and rows & set(used.rows)
            ]
            before = min([before, *columns])
        check_region(headers, axis, names, before)
        check_labels(headers, axis, names, before, key)
        if names.kind != "category":
            check_names(headers, axis, names, key)
        return axis

    def _start_of(
        self, key: str, headers: Headers, other: Headers, names: Names
    ) -> int:
        """Return the position of an axis's first label; refuse if there is none."""
        if (headers.key, names.kind) in self._starts:
            return self._starts[headers.key, names.kind]
        after = other.after
        if names.kind == "category":
            after = self._starts.get((headers.key, "end"), after)
        start = first_start(headers, after, names)
        if start is None:
            texts = shown(headers.every_text(other.after))
            raise headers.grid.refusal(
                f"`{key}`: no {names.kind} of the map is in {headers.described()}; "
                f"found {texts}; see header_rows and header_columns"
            )
        return start

    def _first_number(self, headers: Headers, other: Headers, names: Names) -> int:
        """Return the first row below (or column right of) the headers of a sheet."""
        kinds = (names.kind, "sector", "product", "category")
        starts = (self._starts.get((headers.key, kind)) for kind in kinds)
        return next((start for start in starts if start is not None), other.after)

    def _note_missing(self, key: str, grid: Grid, *axes: Axis) -> None:
        missing = list(dict.fromkeys(label for axis in axes for label in axis.missing))
        if missing:
            text = (
                f"{grid.where}: {key}: {len(missing)} lines are missing and count as "
                f"0: {', '.join(missing[:8])}"
            )
            self.decisions.append(Decision("missing_pairs", text))

    def _cells(
        self,
        key: str,
        sides: Sides,
        down: Axis | list[int],
        across: Axis | list[int],
        sign: float = 1.0,
    ) -> np.ndarray:
        """Return cells as numbers, and note them; empty ones count as 0."""
        above, left = sides
        grid = left.grid
        rows, columns = (
            side.positions if isinstance(side, Axis) else np.array(side, dtype=int)
            for side in (down, across)
        )
        cells = np.empty((len(rows), len(columns)))
        runs = np.split(
            np.arange(len(columns)), np.flatnonzero(np.diff(columns) != 1) + 1
        )
        for k, row in enumerate(rows):
            for run in runs:
                cells[k, run] = grid.numbers(int(row), int(columns[run[0]]), len(run))
        is_empty = np.isnan(cells)
        count = int(is_empty.sum())
        if count == cells.size and key not in self.gaps:
            raise grid.refusal(
                f"`{key}` has no number; expected numbers (formulas have none before a "
                "spreadsheet program has computed and saved them)"
            )
        is_full = key.startswith("check.sums.") or key.split(".")[1] in self.full
        if count and is_full and key not in self.gaps:
            row, column = np.argwhere(is_empty)[0]
            raise grid.refusal(
                f"cell {cell_name(int(rows[row]), int(columns[column]))} (`{key}`) is "
                "empty; expected a number (formulas have none before a spreadsheet "
                "program has computed and saved them)"
            )
        if count:
            text = (
                f"{grid.where}: {key}: {count} empty cells of {cells.size} count as 0"
            )
            self.decisions.append(Decision("empty_cells", text))
        cells[is_empty] = 0.0
        self.used.append(
            Used(
                key,
                above,
                left,
                tuple(rows.tolist()),
                tuple(columns.tolist()),
                down if isinstance(down, Axis) else None,
                across if isinstance(across, Axis) else None,
                cells,
                is_empty,
                sign,
            )
        )
        return cells

    @staticmethod
    def _refuse_unlabelled(headers: Headers, axis: Axis, across: Axis) -> None:
        """Refuse numbers in a line of the block that has no label."""
        for line in axis.skipped:
            cells = (headers.cell(int(p), line) for p in across.positions)
            filled = next((c for c in cells if headers.grid.amount(*c)), None)
            if filled is not None:
                kind = "column" if headers.is_across else "row"
                raise headers.grid.refusal(
                    f"the {kind} at {cell_name(*filled)} has numbers but no label; "
                    "expected a label, or an empty line"
                )


def lines_of(
    term: Term, sides: Sides, names: Names, first: tuple[int, int]
) -> tuple[bool, list[int]]:
    """Return whether a term is made of columns, and the positions of its lines.

    `first` is the row and the column of the first numbers of the sheet.
    """
    above, left = sides
    if term.corner is not None:
        row, column = term.corner
        is_column = _is_column(term, sides, names)
        if term.label:
            check_label(term, sides)
        return is_column, [column if is_column else row]
    direction = term.direction or _direction_of(term, sides, first)
    is_column = direction == "column"
    headers, before = (above, first[0]) if is_column else (left, first[1])
    lines = [
        line
        for text, last in term.texts
        for line in headers.lines_named(text, last, before, term.key)
    ]
    return is_column, lines


def check_kind(term: Term, grid: Grid, is_column: bool, kind: str | None) -> None:
    """Refuse imports by product where imports by buyer belong, and vice versa."""
    is_by_product = is_column or term.is_by_product
    if kind is None or is_by_product == (kind == "column"):
        return
    direction = "a column: " if is_column else "a row: "
    direction += "imports by product" if is_by_product else "by buyer"
    advice = (
        "say `cells: total` in the map if the cells hold imports, to take "
        "them out in proportion"
        if is_by_product
        else "take `cells: total` (`imports_inside`) out of the map, or give the "
        "column by product, or say `by_product: true` of a row that has them"
    )
    raise grid.refusal(f"`{term.key}` is {direction}; {advice}")


def check_label(address: Block | Term, sides: Sides) -> None:
    """Refuse a corner whose headers do not include the label given in the map."""
    above, left = sides
    row, column = address.corner
    cells = {
        headers.address(line, position): headers.text(line, position)
        for headers, position, before in ((left, row, column), (above, column, row))
        for line in (*headers.lines, *headers.zone(before))
    }
    if text_of(address.label) in cells.values():
        return
    own = [left.address(line, row) for line in left.lines]
    own += [above.address(line, column) for line in above.lines]
    texts = listing(f"{cells[cell][:60]!r} in {cell}" for cell in own)
    raise left.grid.refusal(
        f"`{address.key}` at {cell_name(row, column)} has no header "
        f"{address.label!r}; found {texts}: were rows or columns moved?"
    )


def describe_address(term: Term, sides: Sides, is_column: bool) -> str:
    """Return the header of a line that the map places by its address alone."""
    row, column = term.corner
    own, position = (sides[0], column) if is_column else (sides[1], row)
    text = " ".join(own.text(line, position) for line in own.lines).strip()
    kind = "column" if is_column else "row"
    header = f"{kind} {text[:60]!r}" if text else f"{kind} without a header"
    return f"{term.key} at {cell_name(row, column)} is the {header}"


def _direction_of(term: Term, sides: Sides, first: tuple[int, int]) -> str:
    """Return whether the first text of a term is above columns or beside rows."""
    above, left = sides
    row, column = first
    text = text_of(term.texts[0][0])
    across, down = above.addresses_of(text, row), left.addresses_of(text, column)
    if across and down and set(across.values()) != set(down.values()):
        raise left.grid.refusal(
            f"the label {text!r} (`{term.key}`) is at "
            f"{', '.join([*across.values(), *down.values()][:8])}; expected it "
            "once: say `row:` or `column:`"
        )
    if not across and not down:
        texts = [*above.every_text(row), *left.every_text(column)]
        raise left.grid.refusal(
            f"no header cell is {text!r} (`{term.key}`){suggestion(text, texts)}; the "
            f"headers in {above.described()} and {left.described()} are {shown(texts)}"
        )
    return "column" if across else "row"


def _is_column(term: Term, sides: Sides, names: Names) -> bool:
    """Return whether a line placed by its corner is a column."""
    if term.direction:
        return term.direction == "column"
    above, left = sides
    row, column = term.corner
    is_column = starts_axis(left, row, names)
    if is_column == starts_axis(above, column, names):
        answer = "both" if is_column else "neither"
        raise left.grid.refusal(
            f"{cell_name(row, column)} (`{term.key}` of the map) should begin a row or "
            f"a column of numbers with labels of regions and {names.kind} labels above "
            f"or left of it; {answer} has them: say `row:` or `column:` with its label"
        )
    return is_column
