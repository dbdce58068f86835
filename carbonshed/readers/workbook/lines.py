"""The lines of a sheet that a map calls by the text of a header cell."""

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.workbooks import cell_name, text_of
from carbonshed.readers.workbook.headers import Headers
from carbonshed.readers.workbook.names import shown
from carbonshed.text import listing, suggestion

_MOST_LISTED = 8
_MOST_NEAR = 8


def find_lines(
    headers: Headers, text: str, last: str | None, before: int, where: str
) -> list[int]:
    """Return the positions of one line, or of all lines from one to another.

    Parameters
    ----------
    headers
        Where labels are; if the text is not among them, all lines of the sheet before
        the first number are looked through.
    text, last
        The header of the line, or of the first and the last of several.
    before
        The line of the first number.
    where
        Keys of the map, for messages.

    Raises
    ------
    CarbonshedError
        If a text is nowhere, or at several places.
    """
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
    wanted = text_of(text)
    found = places_of(headers, wanted, before)
    if len(found) == 1:
        return next(iter(found))
    if found:
        addresses = listing(found.values(), _MOST_LISTED)
        raise CarbonshedError(
            f"{headers.grid.where}: the label {text!r} (`{where}`) is at {addresses}; "
            "expected it once: give the `corner` instead, or keep the blocks of the "
            "sheet apart by `area`"
        )
    texts = every_text(headers, before)
    kind = "column" if headers.is_across else "row"
    hint = _elsewhere(headers, wanted) or suggestion(text, texts)
    raise CarbonshedError(
        f"{headers.grid.where}: no header cell of a {kind} is {text!r} (`{where}`)"
        f"{hint}; the headers in {headers.described()} are "
        f"{shown(texts, _MOST_LISTED)}"
    )


def _elsewhere(headers: Headers, text: str) -> str:
    """Return where else on the sheet a text is, below or right of the numbers."""
    area, grid = headers.area, headers.grid
    bottom = len(grid.rows) if area.bottom is None else area.bottom
    found = [
        cell_name(row, column)
        for row in range(area.top, min(bottom, len(grid.rows)))
        for column in range(area.left, len(grid.rows[row]))
        if grid.rows[row][column] is not None and grid.text(row, column) == text
    ]
    if not found:
        return ""
    return (
        f", though {listing(found, 3)} is: if labels stand there, name their line in "
        "header_rows or header_columns"
    )


def places_of(headers: Headers, text: str, before: int) -> dict[int, str]:
    """Return the positions of a text with the address of the cell that shows it."""
    for lines in (headers.lines, headers.zone(before)):
        found = {
            position: headers.address(line, position)
            for line in lines
            for position in headers.positions(headers.begin)
            if headers.text(line, position) == text
        }
        if found:
            return found
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
    return list(dict.fromkeys([*headers.lines, *zone[-_MOST_NEAR:]]))
