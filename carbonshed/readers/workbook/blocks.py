"""The numbers of blocks and lines, by producer and by final user."""

from collections.abc import Callable, Iterator, Sequence
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
    every_text,
    find_lines,
    first_start,
    positions_of,
    read_axis,
    resolve_area,
    shown,
    starts_axis,
)
from carbonshed.readers.workbook.contradictions import (
    check_groups,
    check_labels,
    check_region,
    check_titles,
)
from carbonshed.text import suggestion

_ORIGIN, _DESTINATION, _BOTH = "{origin}", "{destination}", "{region}"

Variant = tuple[Frame, int | None, int | None]


def by_region(frame: Frame, names: Sequence[str]) -> Iterator[Variant]:
    """Yield the frame of each sheet with its region of origin and of destination.

    A region is None where the labels on the sheet name it.
    """
    name = f"{frame.file or ''}|{frame.sheet or ''}"
    regions = range(len(names))
    if _BOTH in name:
        for region in regions:
            yield _filled(frame, names, region, region), region, region
        return
    for origin in regions if _ORIGIN in name else [None]:
        for destination in regions if _DESTINATION in name else [None]:
            own = _filled(frame, names, origin, destination)
            yield own, origin, destination


def _filled(
    frame: Frame, names: Sequence[str], origin: int | None, destination: int | None
) -> Frame:
    """Return the frame with the names of its regions put in."""

    def fill(text: str | None) -> str | None:
        for mark, region in (
            (_ORIGIN, origin),
            (_BOTH, origin),
            (_DESTINATION, destination),
        ):
            if text and region is not None:
                text = text.replace(mark, names[region])
        return text

    return frame.model_copy(
        update={"file": fill(frame.file), "sheet": fill(frame.sheet)}
    )


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
    used: list[Used] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    placed_by_address: list[str] = field(default_factory=list)
    _starts: dict = field(default_factory=dict)

    @property
    def where(self) -> str:
        """File and sheet of the block that was read first: the main one."""
        return self.used[0].left.grid.where if self.used else ""

    def matrix(
        self, block: Block, down: Names, across: Names, is_strict: bool = True
    ) -> np.ndarray:
        """Return a matrix, shape (down.length, across.length)."""
        matrix = np.zeros((down.length, across.length))
        for frame, origin, destination in by_region(block.frame, self.sheets):
            own = replace(block, frame=frame)
            rows = down if origin is None else down.only(origin)
            columns = across if destination is None else across.only(destination)
            matrix += self._matrix(own, rows, columns, is_strict)
        return matrix

    def vector(
        self, terms: tuple[Term, ...], names: Names, kind: str | None = None
    ) -> np.ndarray:
        """Return a vector, shape (names.length,), the sum of its terms."""
        vector = np.zeros(names.length)
        for term in terms:
            for frame, origin, destination in by_region(term.frame, self.sheets):
                own = replace(term, frame=frame)
                # a column has the rows of the sheet, a row its columns
                region = {"column": origin, "row": destination}.get(
                    term.direction or "",
                    origin if origin is not None else destination,
                )
                own_names = names if region is None else names.only(region)
                vector += self._term(own, own_names, kind)
        return vector

    def headers(
        self, frame: Frame, corner: tuple[int, int] | None, depth: int, key: str
    ) -> tuple[Headers, Headers]:
        """Return the headers above and left of a block."""
        grid = self.books.grid(frame.file, frame.sheet, self.marks)
        area = resolve_area(grid, frame.area)
        sides = []
        for rule, number, is_across in (
            (frame.columns, corner[0] if corner else None, True),
            (frame.rows, corner[1] if corner else None, False),
        ):
            lines = rule.headers
            if not lines:
                need = 0 if rule.labels is not None or rule.is_ordered else depth
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
            label_grid = None
            if rule.labels is not None:
                sheet = rule.labels[0] or frame.sheet
                label_grid = self.books.grid(frame.file, sheet, self.marks)
            sides.append(Headers(grid, area, lines, is_across, rule, label_grid))
        return sides[0], sides[1]

    def _matrix(
        self, block: Block, down: Names, across: Names, is_strict: bool
    ) -> np.ndarray:
        depth = 2 if down.has_region_labels or across.has_region_labels else 1
        above, left = self.headers(block.frame, block.corner, depth, block.key)
        row, column = block.corner or self._first_cell(block, above, left, down, across)
        if block.corner and block.label:
            check_label(block.key, block.label, above, left, block.corner)
        rows = read_axis(
            left,
            row,
            down,
            others=self.others,
            allow_missing_pairs=self.allow_missing_pairs,
        )
        columns = read_axis(
            above,
            column,
            across,
            is_strict=is_strict,
            others=self.others,
            allow_missing_pairs=self.allow_missing_pairs,
        )
        first = self._first_column(left.grid, rows, column)
        check_region(left, rows, down, first)
        check_region(above, columns, across, row)
        regions = {down.region, across.region} - {None}
        self._note(check_titles(above, down, regions, row))
        check_labels(left, rows, down, first, block.key)
        check_labels(above, columns, across, row, block.key)
        if across.kind == "category":
            titles = {m.index: m.title for m in reversed(across.members)}
            check_groups(above, columns, self.groups, titles, row, block.key)
        self._starts.setdefault((self._header_key(left), down.kind), row)
        self._starts.setdefault((self._header_key(above), across.kind), column)
        self._starts.setdefault((self._header_key(above), "end"), columns.end)
        self._note_missing(block.key, left.grid, rows, columns)
        cells = self._cells(left.grid, rows.positions, columns.positions, block.key)
        self._refuse_unlabelled(left.grid, rows, columns)
        self.used.append(
            Used(
                block.key,
                above,
                left,
                tuple(map(int, rows.positions)),
                tuple(map(int, columns.positions)),
                rows,
                columns,
                cells,
            )
        )
        return columns.gather(rows.gather(cells).T).T

    def _first_cell(
        self, block: Block, above: Headers, left: Headers, down: Names, across: Names
    ) -> tuple[int, int]:
        """Return where the first known labels are."""
        corner = []
        for headers, names, other in ((left, down, above), (above, across, left)):
            start = self._find_start(headers, other, names)
            if start is None:
                texts = every_text(headers, max(other.lines) + 1)
                raise CarbonshedError(
                    f"{headers.grid.where}: `{block.key}`: no {names.kind} of the map "
                    f"is in {headers.described()}; found {shown(texts)}"
                )
            corner.append(start)
        return corner[0], corner[1]

    def _find_start(self, headers: Headers, other: Headers, names: Names) -> int | None:
        """Return where the labels of an axis begin; None if they are nowhere."""
        key = self._header_key(headers)
        if (key, names.kind) in self._starts:
            return self._starts[key, names.kind]
        after = max(other.lines) + 1
        if names.kind == "category":
            after = self._starts.get((key, "end"), after)
        return first_start(headers, after, names)

    def _term(self, term: Term, names: Names, kind: str | None) -> np.ndarray:
        depth = 2 if names.has_region_labels else 1
        above, left = self.headers(term.frame, term.corner, depth, term.key)
        first = (
            self._first_number(left, above, names),
            self._first_number(above, left, names),
        )
        is_column, lines = lines_of(term, above, left, names, first)
        check_kind(term, left.grid, is_column, kind)
        if term.corner is not None and not term.label:
            self.placed_by_address.append(
                describe_address(term, above, left, is_column)
            )
        along = left if is_column else above
        start = self._start_along(term, along, above, left, names, is_column)
        axis = read_axis(
            along,
            start,
            names,
            is_strict=names.kind != "category",
            others=self.others,
            allow_missing_pairs=self.allow_missing_pairs,
        )
        before = first[1] if is_column else first[0]
        check_region(along, axis, names, before)
        check_labels(along, axis, names, before, term.key)
        self._note_missing(term.key, left.grid, axis, axis)
        across = np.array(lines, dtype=int)
        rows, columns = (
            (axis.positions, across) if is_column else (across, axis.positions)
        )
        cells = self._cells(left.grid, rows, columns, term.key)
        self.used.append(
            Used(
                term.key,
                above,
                left,
                tuple(map(int, rows)),
                tuple(map(int, columns)),
                axis if is_column else None,
                None if is_column else axis,
                cells,
                term.sign,
            )
        )
        total = cells.sum(axis=1) if is_column else cells.sum(axis=0)
        return term.sign * axis.gather(total)

    def _first_number(self, headers: Headers, other: Headers, names: Names) -> int:
        """Return the first row below (or column right of) the headers of a sheet."""
        key = self._header_key(headers)
        for what in (names.kind, "sector", "product", "category"):
            if (key, what) in self._starts:
                return self._starts[key, what]
        return max(other.lines) + 1

    def _first_column(self, grid: Grid, rows: Axis, column: int) -> int:
        """Return the first column of numbers in the rows of a block."""
        lines = set(rows.positions.tolist())
        beside = [
            min(used.columns)
            for used in self.used
            if used.sheet == grid.where and used.is_matrix and lines & set(used.rows)
        ]
        return min([column, *beside])

    def _start_along(
        self,
        term: Term,
        along: Headers,
        above: Headers,
        left: Headers,
        names: Names,
        is_column: bool,
    ) -> int:
        """Return the first row (or column) of the numbers of a term."""
        if term.corner is not None:
            return term.corner[0] if is_column else term.corner[1]
        start = self._find_start(along, above if is_column else left, names)
        if start is None:
            raise CarbonshedError(
                f"{along.grid.where}: `{term.key}`: no {names.kind} of the map is in "
                f"{along.described()}; see header_rows and header_columns"
            )
        return start

    def _note_missing(self, key: str, grid: Grid, rows: Axis, columns: Axis) -> None:
        missing = list(dict.fromkeys([*rows.missing, *columns.missing]))
        if missing:
            named = ", ".join(missing[:8])
            text = (
                f"{grid.where}: {key}: {len(missing)} lines are missing and count as "
                f"0: {named}"
            )
            self.decisions.append(Decision("missing_pairs", text))

    def _cells(
        self, grid: Grid, rows: np.ndarray, columns: np.ndarray, key: str
    ) -> np.ndarray:
        """Return cells as numbers; empty ones count as 0, and are counted."""
        cells = np.empty((len(rows), len(columns)))
        runs = np.split(
            np.arange(len(columns)), np.flatnonzero(np.diff(columns) != 1) + 1
        )
        for k, row in enumerate(rows):
            for run in runs:
                cells[k, run] = grid.numbers(int(row), int(columns[run[0]]), len(run))
        is_empty = np.isnan(cells)
        count = int(is_empty.sum())
        if count == cells.size:
            raise CarbonshedError(
                f"{grid.where}: `{key}` has no number; expected numbers "
                "(formulas have none before a spreadsheet program has computed and "
                "saved them)"
            )
        if count:
            text = (
                f"{grid.where}: {key}: {count} empty cells of {cells.size} count as 0"
            )
            self.decisions.append(Decision("empty_cells", text))
        return np.where(is_empty, 0.0, cells)

    def _refuse_unlabelled(self, grid: Grid, rows: Axis, columns: Axis) -> None:
        """Refuse numbers in a line of the block that has no label."""

        def check(
            lines: tuple[int, ...],
            cell: Callable[[int, int], tuple[int, int]],
            along: np.ndarray,
            kind: str,
        ) -> None:
            for line in lines:
                filled = [p for p in along if grid.is_amount(*cell(line, int(p)))]
                if filled:
                    raise CarbonshedError(
                        f"{grid.where}: the {kind} at "
                        f"{cell_name(*cell(line, int(filled[0])))} has numbers but no "
                        "label; expected a label, or an empty line"
                    )

        check(rows.skipped, lambda line, p: (line, p), columns.positions, "row")
        check(columns.skipped, lambda line, p: (p, line), rows.positions, "column")

    def _note(self, decisions: list[Decision]) -> None:
        """Add decisions about a sheet, each once."""
        self.decisions += [d for d in decisions if d not in self.decisions]

    @staticmethod
    def _header_key(headers: Headers) -> tuple:
        """Return a key that is the same for headers with the same first line."""
        return (
            headers.grid.where,
            headers.area,
            headers.lines,
            headers.is_across,
            headers.rule.where,
        )


def lines_of(
    term: Term, above: Headers, left: Headers, names: Names, first: tuple[int, int]
) -> tuple[bool, list[int]]:
    """Return whether a term is made of columns, and the positions of its lines.

    `first` is the row and the column of the first numbers of the sheet.
    """
    if term.corner is not None:
        row, column = term.corner
        is_column = _is_column(term, above, left, names)
        if term.label:
            check_label(term.key, term.label, above, left, term.corner)
        return is_column, [column if is_column else row]
    direction = term.direction
    if direction not in ("row", "column"):
        direction = _found_in(term, above, left, first)
    headers = above if direction == "column" else left
    before = first[0] if direction == "column" else first[1]
    lines = [
        line
        for text, last in term.texts
        for line in find_lines(headers, text, last, before, term.key)
    ]
    return direction == "column", lines


def check_kind(term: Term, grid: Grid, is_column: bool, kind: str | None) -> None:
    """Refuse imports by product where imports by buyer belong, and vice versa."""
    if kind is None or is_column == (kind == "column"):
        return
    direction = "a column: imports by product" if is_column else "a row: by buyer"
    advice = (
        "say `cells: total` in the map if the cells hold imports, to take "
        "them out in proportion"
        if is_column
        else "take `cells: total` (`imports_inside`) out of the map, or give the "
        "column by product"
    )
    raise CarbonshedError(f"{grid.where}: `{term.key}` is {direction}; {advice}")


def check_label(
    key: str,
    label: str,
    above: Headers,
    left: Headers,
    corner: tuple[int, int],
) -> None:
    """Refuse a corner whose headers do not include the label given in the map."""
    row, column = corner
    pairs = [
        (headers, line, position)
        for headers, position in ((left, row), (above, column))
        for line in dict.fromkeys(
            [*headers.lines, *headers.zone(column if headers is left else row)]
        )
    ]
    if text_of(label) in [h.text(line, p) for h, line, p in pairs]:
        return
    texts = ", ".join(
        f"{h.text(line, p)[:60]!r} in {h.address(line, p)}"
        for h, line, p in pairs
        if line in h.lines
    )
    raise CarbonshedError(
        f"{above.grid.where}: `{key}` at {cell_name(row, column)} has no "
        f"header {label!r}; found {texts}: were rows or columns moved?"
    )


def describe_address(term: Term, above: Headers, left: Headers, is_column: bool) -> str:
    """Return the header of a line that the map places by its address alone."""
    row, column = term.corner or (0, 0)
    own, position = (above, column) if is_column else (left, row)
    text = " ".join(own.text(line, position) for line in own.lines).strip()
    kind = "column" if is_column else "row"
    header = f"{kind} {text[:60]!r}" if text else f"{kind} without a header"
    return f"{term.key} at {cell_name(row, column)} is the {header}"


def _found_in(term: Term, above: Headers, left: Headers, first: tuple[int, int]) -> str:
    """Return whether the first text of a term is above columns or beside rows."""
    row, column = first
    text = text_of(term.texts[0][0])
    across, down = positions_of(above, text, row), positions_of(left, text, column)
    if across and down and set(across.values()) != set(down.values()):
        raise CarbonshedError(
            f"{left.grid.where}: the label {text!r} (`{term.key}`) is at "
            f"{', '.join([*across.values(), *down.values()][:8])}; expected it "
            "once: say `row:` or `column:`, or give the corner instead"
        )
    if not across and not down:
        texts = [*every_text(above, row), *every_text(left, column)]
        raise CarbonshedError(
            f"{left.grid.where}: no header cell is {text!r} (`{term.key}`)"
            f"{suggestion(text, texts)}; the headers in {above.described()} and "
            f"{left.described()} are {shown(texts)}"
        )
    return "column" if across else "row"


def _is_column(term: Term, above: Headers, left: Headers, names: Names) -> bool:
    """Return whether a line placed by its corner is a column."""
    if term.direction in ("row", "column"):
        return term.direction == "column"
    row, column = term.corner or (0, 0)
    is_column = starts_axis(left, row, names)
    if is_column == starts_axis(above, column, names):
        answer = "both" if is_column else "neither"
        raise CarbonshedError(
            f"{left.grid.where}: {cell_name(row, column)} (`{term.key}` of the "
            "map) should begin a row or a column of numbers with labels of regions "
            f"and {names.kind} labels above or left of it; {answer} has them"
        )
    return is_column
