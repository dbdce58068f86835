"""Labels of rows and columns on a sheet, and the lines that a map calls by them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import Grid
from carbonshed.readers.files.workbooks import cell_name, column_letters, text_of
from carbonshed.readers.workbook.addresses import Area, AxisRule
from carbonshed.text import listing, suggestion

_MAX_TEXTS = 8
_MAX_NEAR_LINES = 8


@dataclass(frozen=True)
class Headers:
    """A part of a sheet, read along its rows of headers, or its columns of headers."""

    grid: Grid  # the cells
    area: Area  # the part of it that counts, without texts
    # header rows (or columns): of regions and of sectors or categories
    lines: tuple[int, ...]
    is_across: bool  # labels run from left to right: `lines` are rows
    rule: AxisRule  # how the labels are read
    # the grid that has the labels, if it is another one
    elsewhere: Grid | None = None

    @property
    def begin(self) -> int:
        """First position of the area."""
        return self.area.left if self.is_across else self.area.top

    @property
    def end(self) -> int:
        """Position after the last one of the area."""
        stop = self.grid.width if self.is_across else len(self.grid.rows)
        limit = self.area.right if self.is_across else self.area.bottom
        return stop if limit is None else min(stop, limit)

    def cell(self, line: int, position: int) -> tuple[int, int]:
        """Return row and column of a header cell."""
        return (line, position) if self.is_across else (position, line)

    def text(self, line: int, position: int) -> str:
        """Return the text of a header cell."""
        return self.grid.text(*self.cell(line, position))

    def address(self, line: int, position: int) -> str:
        """Return the address of a header cell."""
        return cell_name(*self.cell(line, position))

    def positions(self, start: int) -> Iterator[int]:
        """Yield the positions from `start` on whose cells are as `where` says."""
        for position in range(max(start, self.begin), self.end):
            if self.is_wanted(position):
                yield position

    def is_wanted(self, position: int) -> bool:
        """Return whether the cells of a row are as `where` says."""
        return all(
            self.grid.text(position, column) == text for column, text in self.rule.where
        )

    def label(self, position: int, start: int) -> tuple[str, str]:
        """Return the texts of region and of sector or category at a position."""
        region = self.text(self.lines[0], position) if len(self.lines) > 1 else ""
        inner = self._inner(position, start)
        pattern = self.rule.pattern
        match = pattern.fullmatch(inner) if pattern else None
        if match is None:
            return region, inner
        groups = match.groupdict()
        if not groups:
            return region, match[1] or ""
        region = groups.get("region") or region
        return region, groups.get("sector") or groups.get("category") or ""

    def _inner(self, position: int, start: int) -> str:
        if self.elsewhere is None or self.rule.labels is None:
            return self.text(self.lines[-1], position)
        area, offset = self.rule.labels[1], position - start
        height = (area.bottom or 0) - area.top
        width = (area.right or area.left + 1) - area.left
        if height >= width:
            row, column = area.top + offset, area.left
            is_inside = row < (area.bottom or 0)
        else:
            row, column = area.top, area.left + offset
            is_inside = column < (area.right or 0)
        return self.elsewhere.text(row, column) if is_inside else ""

    def zone(self, before: int) -> range:
        """Return the lines before the first number, where other headers may be."""
        first = self.area.top if self.is_across else self.area.left
        return range(first, max(first, before))

    def described(self) -> str:
        """Return where the labels are, as text: header rows 1 and 2."""
        if self.elsewhere is not None and self.rule.labels is not None:
            top = cell_name(self.rule.labels[1].top, self.rule.labels[1].left)
            return f"{self.elsewhere.where} from {top} on"
        if self.is_across:
            named = [str(line + 1) for line in self.lines]
            return f"header row{'s' * (len(named) > 1)} {' and '.join(named)}"
        named = [column_letters(line) for line in self.lines]
        return f"header column{'s' * (len(named) > 1)} {' and '.join(named)}"


def resolve_area(grid: Grid, area: Area) -> Area:
    """Return the part of a sheet by numbers alone."""
    if area.begins is None and area.before is None:
        return area
    top, bottom = area.top, area.bottom
    if area.begins is not None:
        top = _row_beginning(grid, area.begins, 0)
    if area.before is not None:
        bottom = _row_beginning(grid, area.before, top + 1)
    return Area(top, bottom, area.left, area.right)


def _row_beginning(grid: Grid, text: str, after: int) -> int:
    start = text_of(text)
    rows = [
        row
        for row in range(after, len(grid.rows))
        if any(
            grid.text(row, column).startswith(start)
            for column in range(len(grid.rows[row]))
        )
    ]
    if len(rows) == 1:
        return rows[0]
    rows_text = listing((f"row {row + 1}" for row in rows), 6, empty="nowhere")
    raise CarbonshedError(
        f"{grid.where}: a cell that begins with {text!r} (`area` of the map) is "
        f"{rows_text}; expected it in one row"
    )


def find_lines(
    headers: Headers, text: str, last: str | None, before: int, where: str
) -> list[int]:
    """Return the positions of one line, or of all lines from one to another."""
    first = find_line(headers, text, before, where)
    if last is None:
        return [first]
    end = find_line(headers, last, before, where)
    if end < first:
        raise CarbonshedError(
            f"{headers.grid.where}: {last!r} is before {text!r} (`{where}`); expected "
            "the first of the lines, then the last"
        )
    return list(headers.positions(first))[: end - first + 1]


def find_line(headers: Headers, text: str, before: int, where: str) -> int:
    """Return the position of the line that a header cell names."""
    plain = text_of(text)
    addresses_by_position = positions_of(headers, plain, before)
    if len(addresses_by_position) == 1:
        return next(iter(addresses_by_position))
    if addresses_by_position:
        addresses = listing(addresses_by_position.values(), _MAX_TEXTS)
        raise CarbonshedError(
            f"{headers.grid.where}: the label {text!r} (`{where}`) is at {addresses}; "
            "expected it once: give the `corner` instead, or keep the blocks of the "
            "sheet apart by `area`"
        )
    texts = every_text(headers, before)
    kind = "column" if headers.is_across else "row"
    hint = _elsewhere(headers, plain) or suggestion(text, texts)
    raise CarbonshedError(
        f"{headers.grid.where}: no header cell of a {kind} is {text!r} (`{where}`)"
        f"{hint}; the headers in {headers.described()} are "
        f"{shown(texts, _MAX_TEXTS)}"
    )


def _elsewhere(headers: Headers, text: str) -> str:
    """Return where else on the sheet a text is, below or right of the numbers."""
    area, grid = headers.area, headers.grid
    bottom = len(grid.rows) if area.bottom is None else area.bottom
    addresses = [
        cell_name(row, column)
        for row in range(area.top, min(bottom, len(grid.rows)))
        for column in range(area.left, len(grid.rows[row]))
        if grid.rows[row][column] is not None and grid.text(row, column) == text
    ]
    if not addresses:
        return ""
    return (
        f", though {listing(addresses, 3)} is: if labels stand there, name their line "
        "in header_rows or header_columns"
    )


def positions_of(headers: Headers, text: str, before: int) -> dict[int, str]:
    """Return the positions of a text with the address of the cell that shows it."""
    for lines in (headers.lines, headers.zone(before)):
        addresses = {
            position: headers.address(line, position)
            for line in lines
            for position in headers.positions(headers.begin)
            if headers.text(line, position) == text
        }
        if addresses:
            return addresses
    return {}


def every_text(headers: Headers, before: int) -> list[str]:
    """Return every text of the headers, in order."""
    lines = dict.fromkeys([*headers.lines, *headers.zone(before)])
    texts = [
        headers.text(line, position)
        for line in lines
        for position in headers.positions(headers.begin)
    ]
    return list(dict.fromkeys(text for text in texts if text))


def header_texts(headers: Headers, position: int, before: int) -> list[str]:
    """Return the texts that stand before a line."""
    lines = sorted(near_lines(headers, before))
    return [text for line in lines if (text := headers.text(line, position))]


def near_lines(headers: Headers, before: int) -> list[int]:
    """Return the lines of headers, and those just before the first number.

    Far above or left of it stand other tables.
    """
    zone = headers.zone(before)
    return list(dict.fromkeys([*headers.lines, *zone[-_MAX_NEAR_LINES:]]))


def shown(texts: Iterable[str], most: int = 8) -> str:
    """Return texts for a message."""
    return listing(texts, most, quote=True)
