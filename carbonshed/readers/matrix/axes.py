"""Labels beside a block: two levels, the first of them in merged cells."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.grids import Grid
from carbonshed.readers.common.workbooks import cell_name
from carbonshed.text import listing, suggestion

_MOST_LISTED = 8


@dataclass(frozen=True)
class Names:
    """What the labels of an axis may be.

    Attributes
    ----------
    regions, inner
        Position by text: of regions, and of sectors or categories.
    n_regions, n_inner
        How many there are.
    inner_name
        ``sector`` or ``category``.
    """

    regions: dict[str, int]
    inner: dict[str, int]
    n_regions: int
    n_inner: int
    inner_name: str

    @property
    def length(self) -> int:
        """Number of rows or columns of the axis."""
        return self.n_regions * self.n_inner


@dataclass(frozen=True)
class Headers:
    """A grid read along its rows of headers, or along its columns of headers.

    Attributes
    ----------
    grid
        The cells.
    lines
        Header rows (or columns): of regions and of sectors or categories.
    is_across
        Labels run from left to right: `lines` are rows.
    """

    grid: Grid
    lines: tuple[int, ...]
    is_across: bool

    def cell(self, line: int, position: int) -> tuple[int, int]:
        """Return row and column of a header cell."""
        return (line, position) if self.is_across else (position, line)

    def text(self, line: int, position: int) -> str:
        """Return the text of a header cell."""
        return self.grid.text(*self.cell(line, position))

    def address(self, line: int, position: int) -> str:
        """Return the address of a header cell."""
        return cell_name(*self.cell(line, position))

    @property
    def end(self) -> int:
        """Position after the last cell of the sheet."""
        return self.grid.width if self.is_across else len(self.grid.rows)

    def starts_axis(self, position: int, names: Names) -> bool:
        """Return whether a label of the axis is at `position`."""
        if self.text(self.lines[-1], position) not in names.inner:
            return False
        if len(self.lines) == 1:
            return True
        return self.text(self.lines[0], position) in names.regions


def read_axis(headers: Headers, start: int, names: Names) -> np.ndarray:
    """Return which producer or user each row (or column) of a block belongs to.

    Parameters
    ----------
    headers
        Where the labels are.
    start
        First row or column of the block.
    names
        The labels there must be, each pair once, in any order.

    Returns
    -------
    ndarray of int, shape (n,)
        Region-major position of each row or column from `start` on.

    Raises
    ------
    CarbonshedError
        At a label that is empty, unknown or there twice, and if the block goes on.
    """
    line = headers.lines[-1]
    if len(headers.lines) == 1 and names.n_regions > 1:
        raise CarbonshedError(
            f"{headers.grid.where}: one line of labels ({_line(headers)}), but the "
            f"map has {names.n_regions} regions; expected two: regions and "
            f"{names.inner_name} labels (header_rows, header_columns)"
        )
    order = np.empty(names.length, dtype=int)
    seen: dict[int, int] = {}
    region = 0
    for offset in range(names.length):
        position = start + offset
        if len(headers.lines) == 2:
            shown = headers.text(headers.lines[0], position)
            if shown or not offset:
                region = _find(headers, headers.lines[0], position, names.regions)
        inner = _find(headers, line, position, names.inner, names.inner_name)
        place = region * names.n_inner + inner
        if place in seen:
            raise CarbonshedError(
                f"{headers.grid.where}: {headers.text(line, position)!r} is at "
                f"{headers.address(line, seen[place])} and at "
                f"{headers.address(line, position)} in the same region; expected each "
                f"of {names.n_regions} regions x {names.n_inner} {names.inner_name} "
                "labels once (a merged header cell that begins too late looks so)"
            )
        seen[place] = position
        order[offset] = place
    after = start + names.length
    if headers.text(line, after) in names.inner:
        raise CarbonshedError(
            f"{headers.grid.where}: the block goes on at "
            f"{headers.address(line, after)} with {headers.text(line, after)!r}; the "
            f"map lists {names.n_regions} regions x {names.n_inner} "
            f"{names.inner_name} labels, which end before it"
        )
    return order


def find_label(grid: Grid, text: str, where: str, lines: list[Headers]) -> list[tuple]:
    """Return where in the headers a text is: the headers and the position.

    Raises
    ------
    CarbonshedError
        If it is nowhere or at several places.
    """
    found = [
        (headers, position, headers.address(line, position))
        for headers in lines
        for line in headers.lines
        for position in range(headers.end)
        if headers.text(line, position) == text
    ]
    if len({address for *_, address in found}) == 1:
        return found[0][:2]
    if found:
        addresses = listing((address for *_, address in found), _MOST_LISTED)
        raise CarbonshedError(
            f"{grid.where}: the label {text!r} ({where}) is at {addresses}; expected "
            "it once, give the corner instead"
        )
    texts = _every_text(lines)
    raise CarbonshedError(
        f"{grid.where}: no header cell is {text!r} ({where})"
        f"{suggestion(text, texts)}; the headers in "
        f"{' and '.join(_line(headers) for headers in lines)} are "
        f"{listing(texts, _MOST_LISTED, quote=True)}"
    )


def first_position(headers: Headers, after: int, fits: Callable[[int], bool]) -> int:
    """Return the first position behind `after` that fits, -1 if none does."""
    return next((p for p in range(after, headers.end) if fits(p)), -1)


def _every_text(lines: list[Headers]) -> list[str]:
    texts = [
        headers.text(line, position)
        for headers in lines
        for line in headers.lines
        for position in range(headers.end)
    ]
    return list(dict.fromkeys(text for text in texts if text))


def _find(
    headers: Headers,
    line: int,
    position: int,
    known: dict[str, int],
    what: str = "region",
) -> int:
    shown = headers.text(line, position)
    if shown in known:
        return known[shown]
    found = f"is {shown[:60]!r}" if shown else "is empty"
    raise CarbonshedError(
        f"{headers.grid.where}: cell {headers.address(line, position)} {found}; "
        f"expected a {what} of the map ({listing(known, _MOST_LISTED, quote=True)})"
        f"{suggestion(shown, known)}; the labels are looked for in {_line(headers)}"
    )


def _line(headers: Headers) -> str:
    """Return the header lines as text: header rows 1 and 2."""
    if headers.is_across:
        named = [str(line + 1) for line in headers.lines]
        return f"header row{'s' * (len(named) > 1)} {' and '.join(named)}"
    named = [cell_name(0, line).rstrip("1") for line in headers.lines]
    return f"header column{'s' * (len(named) > 1)} {' and '.join(named)}"
