"""Which rows or columns of a sheet the terms of a vector are."""

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import Grid
from carbonshed.readers.files.workbooks import cell_name, text_of
from carbonshed.readers.workbook.axis import starts_axis
from carbonshed.readers.workbook.frames import Term
from carbonshed.readers.workbook.headers import Headers
from carbonshed.readers.workbook.lines import every_text, find_lines, places_of
from carbonshed.readers.workbook.names import Names, shown
from carbonshed.text import suggestion


def lines_of(
    term: Term, above: Headers, left: Headers, names: Names, first: tuple[int, int]
) -> tuple[bool, list[int]]:
    """Return whether a term is columns, and which columns or rows they are.

    Parameters
    ----------
    term
        The term.
    above, left
        Headers of its frame.
    names
        The labels of its numbers.
    first
        Row and column of the first numbers of the sheet.

    Raises
    ------
    CarbonshedError
        If its headers are not there, or at several places, or it could be either.
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
    said = "a column: imports by product" if is_column else "a row: by buyer"
    advice = (
        "say `cells: total` in the map if the cells hold imports, to take "
        "them out in proportion"
        if is_column
        else "take `cells: total` (`imports_inside`) out of the map, or give the "
        "column by product"
    )
    raise CarbonshedError(f"{grid.where}: `{term.key}` is {said}; {advice}")


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
    found = ", ".join(
        f"{h.text(line, p)[:60]!r} in {h.address(line, p)}"
        for h, line, p in pairs
        if line in h.lines
    )
    raise CarbonshedError(
        f"{above.grid.where}: `{key}` at {cell_name(row, column)} has no "
        f"header {label!r}; found {found}: were rows or columns moved?"
    )


def describe_address(term: Term, above: Headers, left: Headers, is_column: bool) -> str:
    """Return what a line is that no label confirms: placed by its address alone."""
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
    across, down = places_of(above, text, row), places_of(left, text, column)
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
        found = "both" if is_column else "neither"
        raise CarbonshedError(
            f"{left.grid.where}: {cell_name(row, column)} (`{term.key}` of the "
            "map) should begin a row or a column of numbers with labels of regions "
            f"and {names.what} labels above or left of it; {found} has them"
        )
    return is_column
