"""Labels of rows and columns on a sheet, and the lines of a table that they name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import Grid
from carbonshed.readers.files.workbooks import cell_name, column_letters, text_of
from carbonshed.readers.workbook.addresses import Area, AxisRule
from carbonshed.text import listing, suggestion

_MAX_TEXTS = _MAX_NAMES = 8  # in a message
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


@dataclass(frozen=True)
class Member:
    """A line of an axis: a sector, or one of the lines that a category adds up."""

    index: int  # position of the sector or category in the map
    title: str  # its name in messages
    sign: float = 1.0  # 1, or -1 for a line that is taken off
    # labels of the map, which no other line has
    own: frozenset[str] = frozenset()
    # id and name, used where no other line has them
    shared: frozenset[str] = frozenset()
    # texts that count beside rows, or above columns, alone
    rows: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Names:
    """The labels that an axis may have."""

    kind: str  # ``sector``, ``product`` or ``category``
    members: tuple[Member, ...]  # the lines, each once for every region
    n_inner: int  # number of sectors or categories
    regions: tuple[frozenset[str], ...]  # texts of each region
    # the only region of the lines, where the sheet says it; None: all of them
    region: int | None = None
    _cache: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def length(self) -> int:
        """Number of producers or users, of all regions."""
        return self.n_inner * len(self.regions)

    @property
    def own_regions(self) -> Sequence[int]:
        """The regions that the lines have."""
        return range(len(self.regions)) if self.region is None else [self.region]

    @property
    def has_region_labels(self) -> bool:
        """True if labels must name the region."""
        return self.region is None and len(self.regions) > 1

    def inner(self, is_across: bool) -> dict[str, int]:
        """Return the member by text; texts of several members are not in it."""
        return self._of(is_across)[0]

    def twins(self, is_across: bool) -> dict[str, list[int]]:
        """Return the members by text, of texts that several share."""
        return self._of(is_across)[1]

    def region_of(self) -> dict[str, int]:
        """Return the region by text."""
        if "region" not in self._cache:
            pairs = ((t, k) for k, texts in enumerate(self.regions) for t in texts)
            self._cache["region"] = _unique(pairs)[0]
        return self._cache["region"]

    def only(self, region: int) -> "Names":
        """Return the names of a sheet that has one region."""
        return Names(self.kind, self.members, self.n_inner, self.regions, region)

    def describe(self, member: int) -> str:
        """Return the name of a member for a message."""
        return self.members[member].title

    def _of(self, is_across: bool) -> tuple[dict, dict]:
        key = "across" if is_across else "down"
        if key not in self._cache:
            sides = [m.columns if is_across else m.rows for m in self.members]
            own = _unique(
                (text, k)
                for k, member in enumerate(self.members)
                for text in member.own | sides[k]
            )
            shared = _unique(
                (text, k)
                for k, member in enumerate(self.members)
                for text in member.shared
            )
            twins = {t: k for t, k in shared[1].items() if t not in own[0]}
            self._cache[key] = ({**shared[0], **own[0]}, {**twins, **own[1]})
        return self._cache[key]


def _unique(pairs: Iterable[tuple[str, int]]) -> tuple[dict, dict]:
    """Return position by text, and positions by texts that several have."""
    by_text: dict[str, list[int]] = {}
    for text, position in pairs:
        positions = by_text.setdefault(text, [])
        if position not in positions:
            positions.append(position)
    single = {
        text: positions[0] for text, positions in by_text.items() if len(positions) == 1
    }
    return single, {
        text: positions for text, positions in by_text.items() if len(positions) > 1
    }


@dataclass(frozen=True)
class Axis:
    """The lines of a block along one side."""

    positions: np.ndarray  # shape (m,): rows (or columns) of the sheet
    indices: np.ndarray  # shape (m,): producer or user of each, region-major
    signs: np.ndarray  # shape (m,): 1, or -1 for a line that is taken off
    length: int  # number of producers or users
    skipped: tuple[int, ...] = ()  # positions inside the block whose label is empty
    left_out: tuple[int, ...] = ()  # positions inside the block that the map leaves out
    # pairs of region and label that are not there, where that is accepted
    missing: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Position after the last line."""
        return int(self.positions.max()) + 1

    def gather(self, lines: np.ndarray) -> np.ndarray:
        """Return lines by index: shape (length, ...) from shape (m, ...)."""
        gathered = np.zeros((self.length, *lines.shape[1:]))
        signs = self.signs.reshape(-1, *(1,) * (lines.ndim - 1))
        np.add.at(gathered, self.indices, lines * signs)
        return gathered


@dataclass
class _Walk:
    """The lines that have been read so far along the labels."""

    seen: dict[tuple[int, int], int]
    skipped: list[int]
    left_out: list[int]
    unknown: list[tuple[int, str]]
    region: int = 0
    inner: str = ""
    is_region_out: bool = False


def read_axis(
    headers: Headers,
    start: int,
    names: Names,
    *,
    is_strict: bool = True,
    others: frozenset[str] = frozenset(),
    allow_missing_pairs: bool = False,
) -> Axis:
    """Return the producer or user of each row (or column) of a block.

    If `is_strict`, refuse a label that is not among `names`; otherwise its line is no
    part of the block, as are lines with labels of `others`.
    """
    if headers.rule.is_ordered:
        return _in_order(headers, start, names)
    _check_lines(headers, names)
    walk = _Walk({}, [], [], [])
    label_count = len(names.members) * len(names.own_regions)
    limit = headers.rule.count or label_count
    last = -1
    for position in headers.positions(start):
        last = position
        key = _take(headers, position, start, names, walk, is_strict, others)
        if key is None:
            continue
        if key in walk.seen:
            raise _twice(headers, start, names, walk.seen[key], position)
        walk.seen[key] = position
        if len(walk.seen) == limit or _is_last(headers, position, start):
            break
    missing = _missing(names, walk)
    if not walk.seen or (missing and not allow_missing_pairs):
        raise _incomplete(headers, names, walk, missing)
    if is_strict and headers.rule.count is None and headers.rule.until is None:
        _refuse_more(headers, last + 1, start, names)
    return _axis(names, walk, missing)


def starts_axis(headers: Headers, position: int, names: Names) -> bool:
    """Return whether a label of the axis is at `position`."""
    region, inner = headers.label(position, position)
    if inner not in names.inner(headers.is_across):
        return False
    return not names.has_region_labels or region in names.region_of()


def first_start(headers: Headers, after: int, names: Names) -> int | None:
    """Return the first position from `after` on that has a label of the axis."""
    if headers.rule.is_ordered or headers.rule.labels is not None:
        return None
    starts = (p for p in headers.positions(after) if starts_axis(headers, p, names))
    return next(starts, None)


def _in_order(headers: Headers, start: int, names: Names) -> Axis:
    """Return lines without labels: those from `start` on, in the order of the map."""
    regions = [region * names.n_inner for region in names.own_regions]
    indices = [base + m.index for base in regions for m in names.members]
    positions = [p for _, p in zip(indices, headers.positions(start), strict=False)]
    if len(positions) < len(indices):
        raise CarbonshedError(
            f"{headers.grid.where}: {len(positions)} lines from "
            f"{headers.address(0, start)} on; the map lists {len(indices)} "
            f"{names.kind} labels (`order: true`)"
        )
    signs = [m.sign for _ in regions for m in names.members]
    return Axis(np.array(positions), np.array(indices), np.array(signs), names.length)


def _check_lines(headers: Headers, names: Names) -> None:
    pattern = headers.rule.pattern
    has_pattern = pattern is not None and "region" in pattern.groupindex
    if names.has_region_labels and len(headers.lines) == 1 and not has_pattern:
        raise CarbonshedError(
            f"{headers.grid.where}: one line of labels ({headers.described()}), but "
            f"the map has {len(names.regions)} regions; expected two: regions and "
            f"{names.kind} labels (header_rows, header_columns), or a `pattern` with "
            "the group (?P<region>...)"
        )


def _take(
    headers: Headers,
    position: int,
    start: int,
    names: Names,
    walk: _Walk,
    is_strict: bool,
    others: frozenset[str],
) -> tuple[int, int] | None:
    """Return region and member of a line; None if it is no part of the block."""
    region, inner = headers.label(position, start)
    if names.has_region_labels and region and not inner:
        inner = walk.inner  # sectors are the merged cells, with regions inside
    walk.inner = inner or walk.inner
    out = headers.rule.leave_out
    if names.has_region_labels and (region or position == start):
        walk.is_region_out = region in out
        if not walk.is_region_out and (inner or region):
            walk.region = _region(headers, position, region, inner, names, is_strict)
    if walk.is_region_out or inner in out or walk.region < 0:
        walk.left_out.append(position)
        return None
    members = names.inner(headers.is_across)
    if inner in members:
        own_region = walk.region if names.has_region_labels else names.own_regions[0]
        return own_region, members[inner]
    if not inner and position != start:
        walk.skipped.append(position)
    elif inner in others or not is_strict:
        walk.unknown.append((position, inner))
    else:
        raise _unknown(headers, position, inner, names)
    return None


def _region(
    headers: Headers, position: int, region: str, inner: str, names: Names, strict: bool
) -> int:
    regions = names.region_of()
    if region in regions:
        return regions[region]
    if not strict:
        return -1
    line = headers.lines[0]
    state = f"is {region[:60]!r}" if region else "is empty"
    raise CarbonshedError(
        f"{headers.grid.where}: cell {headers.address(line, position)} {state}; "
        f"expected a region of the map ({shown(regions)})"
        f"{suggestion(region, regions)}; the labels are looked for in "
        f"{headers.described()}"
    )


def _unknown(
    headers: Headers, position: int, inner: str, names: Names
) -> CarbonshedError:
    where = f"{headers.grid.where}: cell {headers.address(headers.lines[-1], position)}"
    twins = names.twins(headers.is_across).get(inner)
    if twins:
        called = " and ".join(names.describe(member) for member in twins)
        return CarbonshedError(
            f"{where} is {inner[:60]!r}, which is the name of {called}; expected "
            "header cells that show codes, or a `label` for each in the map"
        )
    members = names.inner(headers.is_across)
    state = f"is {inner[:60]!r}" if inner else "is empty"
    return CarbonshedError(
        f"{where} {state}; expected a {names.kind} of the map ({shown(members)})"
        f"{suggestion(inner, members)}; the labels are looked for in "
        f"{headers.described()}; a subtotal goes into `leave_out`"
    )


def _twice(
    headers: Headers, start: int, names: Names, first: int, second: int
) -> CarbonshedError:
    line = headers.lines[-1]
    inner = headers.label(second, start)[1]
    merged = (
        " (a merged header cell that begins too late looks so)"
        if names.has_region_labels
        else "; a second block is kept apart by `area` or by `rows: {where: ...}`"
    )
    return CarbonshedError(
        f"{headers.grid.where}: {inner!r} is at {headers.address(line, first)} and at "
        f"{headers.address(line, second)} in the same region; expected each of "
        f"{len(names.own_regions)} regions x {len(names.members)} {names.kind} "
        f"labels once{merged}"
    )


def _is_last(headers: Headers, position: int, start: int) -> bool:
    return headers.rule.until is not None and (
        headers.label(position, start)[1] == headers.rule.until
    )


def _missing(names: Names, walk: _Walk) -> list[tuple[int, int]]:
    return [
        (region, member)
        for region in names.own_regions
        for member in range(len(names.members))
        if (region, member) not in walk.seen
    ]


def _titles(names: Names, pairs: Iterable[tuple[int, int]]) -> list[str]:
    titles = []
    for region, member in pairs:
        title = names.describe(member)
        if names.has_region_labels:
            title = f"{min(names.regions[region])} / {title}"
        titles.append(title)
    return titles


def _incomplete(
    headers: Headers, names: Names, walk: _Walk, missing: list[tuple[int, int]]
) -> CarbonshedError:
    texts = [text for _, text in walk.unknown if text]
    member = names.members[missing[0][1]]
    labels = sorted(member.own or member.shared)
    near = suggestion(labels[0], texts) if labels else ""
    named = listing(_titles(names, missing), _MAX_NAMES)
    other_labels = f"; other labels there are {shown(texts)}" if texts else ""
    return CarbonshedError(
        f"{headers.grid.where}: {len(missing)} of "
        f"{len(names.own_regions)} regions x {len(names.members)} {names.kind} "
        f"labels are missing in {headers.described()}: "
        f"{named}{near}{other_labels}; if the table has no "
        "such lines, `accept: [missing_pairs]` counts them as zero"
    )


def _refuse_more(headers: Headers, after: int, start: int, names: Names) -> None:
    """Refuse a label of the axis right behind the last one."""
    following = next(headers.positions(after), None)
    if following is None or following != after:
        return
    inner = headers.label(after, start)[1]
    if inner in names.inner(headers.is_across):
        raise CarbonshedError(
            f"{headers.grid.where}: the block goes on at "
            f"{headers.address(headers.lines[-1], after)} with {inner!r}; the "
            f"map lists {len(names.own_regions)} regions x {len(names.members)} "
            f"{names.kind} labels, which end before it; if another block begins "
            f"there, say `count: {len(names.members)}` among its `rows` or `columns`"
        )


def _axis(names: Names, walk: _Walk, missing: list[tuple[int, int]]) -> Axis:
    keys = list(walk.seen)
    members = [names.members[member] for _, member in keys]
    last = max(walk.seen.values(), default=0)
    indices = [
        region * names.n_inner + member.index
        for (region, _), member in zip(keys, members, strict=True)
    ]
    return Axis(
        positions=np.array([walk.seen[key] for key in keys], dtype=int),
        indices=np.array(indices, dtype=int),
        signs=np.array([member.sign for member in members], dtype=float),
        length=names.length,
        skipped=tuple(p for p in walk.skipped if p < last),
        left_out=tuple(p for p in walk.left_out if p < last),
        missing=tuple(_titles(names, missing)),
    )


@dataclass(frozen=True)
class Used:
    """The cells of a sheet that a block or a line has read."""

    key: str  # keys of the map
    # labels of columns and of rows
    above: Headers
    left: Headers
    # positions on the sheet
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    # which producers or users they are; None across the lines of a vector
    down: Axis | None
    across: Axis | None
    cells: np.ndarray  # shape (len(rows), len(columns)): the numbers, as printed
    sign: float = 1.0  # 1, or -1 for numbers that are taken off

    @property
    def is_matrix(self) -> bool:
        """True for a block, with labels along both sides."""
        return self.down is not None and self.across is not None

    @property
    def sheet(self) -> str:
        """File and sheet."""
        return self.left.grid.where
