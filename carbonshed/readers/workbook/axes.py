"""Labels of rows and columns on a sheet, and the lines of a table that they name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import Grid
from carbonshed.readers.files.workbooks import cell_name, column_letters, text_of
from carbonshed.readers.workbook.addresses import Area, AxisRule
from carbonshed.readers.workbook.patterns import longest_label
from carbonshed.text import listing, suggestion

_MAX_NAMES = 8  # in a message
_MAX_NEAR_LINES = 8
_MAX_LETTERS = 40  # of a label in a message

Pair = tuple[int, int]  # region and member of a line


def shown(texts: Iterable[str]) -> str:
    """Return texts for a message."""
    return listing(texts, _MAX_NAMES, quote=True)


def resolve_area(grid: Grid, area: Area) -> Area:
    """Return the part of a sheet by numbers alone."""
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
        if any(cell.startswith(start) for cell in map(text_of, grid.rows[row]))
    ]
    if len(rows) == 1:
        return rows[0]
    rows_text = listing((f"row {row + 1}" for row in rows), 6, empty="nowhere")
    raise grid.refusal(
        f"a cell that begins with {text!r} (`area` of the map) is {rows_text}; "
        "expected it in one row"
    )


@dataclass(frozen=True)
class Headers:
    """A part of a sheet, read along its rows of headers, or its columns of headers."""

    grid: Grid  # the cells
    area: Area  # the part of it that counts, without texts
    # header rows (or columns): of regions and of sectors or categories
    lines: tuple[int, ...]
    is_across: bool  # labels run from left to right: `lines` are rows
    rule: AxisRule  # the rule by which labels are read
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

    @property
    def key(self) -> tuple:
        """A key that is the same for headers with the same first line."""
        where = self.rule.where
        return self.grid.where, self.area, self.lines, self.is_across, where

    @property
    def after(self) -> int:
        """Position after the lines of headers, counted along the other axis."""
        return max(self.lines) + 1

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
        return filter(self.is_wanted, range(max(start, self.begin), self.end))

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
        if pattern and len(inner) > (longest := longest_label(pattern, len(inner))):
            raise self.grid.refusal(
                f"the label {inner[:_MAX_LETTERS]!r}... has {len(inner):,} letters;"
                f" expected at most {longest:,} for `pattern: {pattern.pattern!r}` of"
                " the map, or it takes too long; a pattern with fewer repeats and"
                " choices takes longer labels"
            )
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
        bottom, right = area.bottom or 0, area.right or area.left + 1
        row, column = area.top, area.left
        if bottom - area.top >= right - area.left:
            row += offset
        else:
            column += offset
        is_inside = row < bottom and column < right
        return self.elsewhere.text(row, column) if is_inside else ""

    def zone(self, before: int) -> range:
        """Return the lines before the first number, where other headers may be."""
        first = self.area.top if self.is_across else self.area.left
        return range(first, max(first, before))

    def near_lines(self, before: int) -> list[int]:
        """Return the lines of headers, and those just before the first number.

        Far above or left of it stand other tables.
        """
        zone = self.zone(before)
        return list(dict.fromkeys([*self.lines, *zone[-_MAX_NEAR_LINES:]]))

    def texts_of(self, position: int, before: int) -> list[str]:
        """Return the texts that stand before a line."""
        lines = sorted(self.near_lines(before))
        return [text for line in lines if (text := self.text(line, position))]

    def every_text(self, before: int) -> list[str]:
        """Return every text of the headers, in order."""
        lines = dict.fromkeys([*self.lines, *self.zone(before)])
        texts = (
            self.text(line, position)
            for line in lines
            for position in self.positions(self.begin)
        )
        return list(dict.fromkeys(filter(None, texts)))

    def addresses_of(self, text: str, before: int) -> dict[int, str]:
        """Return the positions of a text with the address of the cell that shows it."""
        for lines in (self.lines, self.zone(before)):
            addresses = {
                position: self.address(line, position)
                for line in lines
                for position in self.positions(self.begin)
                if self.text(line, position) == text
            }
            if addresses:
                return addresses
        return {}

    def lines_named(
        self, first: str, last: str | None, before: int, key: str
    ) -> list[int]:
        """Return the position of a line, or of all lines from one to another."""
        start = self._line_named(first, before, key)
        if last is None:
            return [start]
        end = self._line_named(last, before, key)
        if end < start:
            raise self.grid.refusal(
                f"{last!r} is before {first!r} (`{key}`); expected the first of the "
                "lines, then the last"
            )
        return list(self.positions(start))[: end - start + 1]

    def _line_named(self, text: str, before: int, key: str) -> int:
        plain = text_of(text)
        addresses = self.addresses_of(plain, before)
        kind = "column" if self.is_across else "row"
        if len(addresses) == 1:
            return next(iter(addresses))
        if addresses:
            raise self.grid.refusal(
                f"the label {text!r} (`{key}`) is at "
                f"{listing(addresses.values(), _MAX_NAMES)}; expected it once: add "
                f"the `corner` of the one that is meant to `{kind}`, or keep the "
                "blocks of the sheet apart by `area`"
            )
        texts = self.every_text(before)
        hint = self._elsewhere(plain) or suggestion(text, texts)
        raise self.grid.refusal(
            f"no header cell of a {kind} is {text!r} (`{key}`){hint}; the headers in "
            f"{self.described()} are {shown(texts)}"
        )

    def _elsewhere(self, text: str) -> str:
        """Return other addresses of a text, below or right of the numbers."""
        rows, area = self.grid.rows, self.area
        addresses = [
            cell_name(row, column)
            for row in range(area.top, min(area.bottom or len(rows), len(rows)))
            for column in range(area.left, len(rows[row]))
            if rows[row][column] is not None and self.grid.text(row, column) == text
        ]
        if not addresses:
            return ""
        return (
            f", though {listing(addresses, 3)} is: if labels stand there, name their "
            "line in header_rows or header_columns"
        )

    def described(self) -> str:
        """Return the place of the labels as text: header rows 1 and 2."""
        if self.elsewhere is not None and self.rule.labels is not None:
            top = cell_name(self.rule.labels[1].top, self.rule.labels[1].left)
            return f"{self.elsewhere.where} from {top} on"
        kind = "row" if self.is_across else "column"
        named = [
            str(line + 1) if self.is_across else column_letters(line)
            for line in self.lines
        ]
        return f"header {kind}{'s' * (len(named) > 1)} {' and '.join(named)}"


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
    titles: tuple[tuple[str, ...], ...] = ()  # all names in words, by `n_inner`

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

    @property
    def size_text(self) -> str:
        """The number of lines, for messages."""
        return (
            f"{len(self.own_regions)} regions x {len(self.members)} {self.kind} labels"
        )

    @cached_property
    def region_of(self) -> dict[str, int]:
        """The region by text."""
        pairs = ((t, k) for k, texts in enumerate(self.regions) for t in texts)
        return _unique(pairs)[0]

    def inner(self, is_across: bool) -> dict[str, int]:
        """Return the member by text; texts of several members are not in it."""
        return self._by_side[is_across][0]

    def twins(self, is_across: bool) -> dict[str, list[int]]:
        """Return the members by text, of texts that several share."""
        return self._by_side[is_across][1]

    def only(self, region: int | None) -> "Names":
        """Return the names of a sheet that has one region, or all if None."""
        if region is None:
            return self
        return replace(self, region=region)

    def title(self, pair: Pair) -> str:
        """Return the name of a line for a message."""
        region, member = pair
        title = self.members[member].title
        if not self.has_region_labels:
            return title
        return f"{min(self.regions[region])} / {title}"

    @cached_property
    def _by_side(self) -> list[tuple[dict, dict]]:
        shared = _unique(
            (text, k) for k, m in enumerate(self.members) for text in m.shared
        )
        sides = []
        for side in ("rows", "columns"):
            single, several = _unique(
                (text, k)
                for k, member in enumerate(self.members)
                for text in member.own | getattr(member, side)
            )
            twins = {t: k for t, k in shared[1].items() if t not in single}
            sides.append((shared[0] | single, twins | several))
        return sides


def _unique(pairs: Iterable[tuple[str, int]]) -> tuple[dict, dict]:
    """Return position by text, and positions by texts that several have."""
    by_text: dict[str, dict[int, None]] = {}
    for text, position in pairs:
        by_text.setdefault(text, {})[position] = None
    single = {text: next(iter(own)) for text, own in by_text.items() if len(own) == 1}
    return single, {text: list(own) for text, own in by_text.items() if len(own) > 1}


@dataclass(frozen=True)
class Axis:
    """The lines of a block along one side."""

    positions: np.ndarray  # shape (m,): rows (or columns) of the sheet
    indices: np.ndarray  # shape (m,): producer or user of each, region-major
    signs: np.ndarray  # shape (m,): 1, or -1 for a line that is taken off
    length: int  # number of producers or users
    skipped: tuple[int, ...] = ()  # positions inside the block whose label is empty
    # pairs of region and label that are not there, where that is accepted
    missing: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Position after the last line."""
        return int(self.positions.max()) + 1

    @property
    def index_by_position(self) -> dict[int, int]:
        """The producer or user of each position of the sheet."""
        return dict(zip(self.positions.tolist(), self.indices.tolist(), strict=True))

    def gather(self, lines: np.ndarray) -> np.ndarray:
        """Return lines by index: shape (length, ...) from shape (m, ...)."""
        gathered = np.zeros((self.length, *lines.shape[1:]))
        signs = self.signs.reshape(-1, *(1,) * (lines.ndim - 1))
        if len(np.unique(self.indices)) == len(self.indices):
            gathered[self.indices] += lines * signs
        else:
            np.add.at(gathered, self.indices, lines * signs)
        return gathered


def starts_axis(headers: Headers, position: int, names: Names) -> bool:
    """Return whether a label of the axis is at `position`."""
    region, inner = headers.label(position, position)
    if inner not in names.inner(headers.is_across):
        return False
    return not names.has_region_labels or region in names.region_of


def first_start(headers: Headers, after: int, names: Names) -> int | None:
    """Return the first position from `after` on that has a label of the axis."""
    if headers.rule.is_ordered or headers.rule.labels is not None:
        return None
    starts = (p for p in headers.positions(after) if starts_axis(headers, p, names))
    return next(starts, None)


def read_axis(
    headers: Headers,
    start: int,
    names: Names,
    others: frozenset[str],
    allow_missing_pairs: bool,
) -> Axis:
    """Return the producer or user of each row (or column) of a block.

    Refuse a label that is not among `names`, except among final users; otherwise its
    line is no part of the block, as are lines with labels of `others`.
    """
    if headers.rule.is_ordered:
        return _in_order(headers, start, names)
    return _Walk(headers, start, names, others).axis(allow_missing_pairs)


def _in_order(headers: Headers, start: int, names: Names) -> Axis:
    """Return lines without labels: those from `start` on, in the order of the map."""
    regions = [region * names.n_inner for region in names.own_regions]
    indices = [base + m.index for base in regions for m in names.members]
    positions = [p for _, p in zip(indices, headers.positions(start), strict=False)]
    if len(positions) < len(indices):
        raise headers.grid.refusal(
            f"{len(positions)} lines from {headers.address(0, start)} on; the map "
            f"lists {len(indices)} {names.kind} labels (`order: true`)"
        )
    signs = [m.sign for _ in regions for m in names.members]
    return Axis(np.array(positions), np.array(indices), np.array(signs), names.length)


@dataclass
class _Walk:
    """The lines that are read along the labels of one side of a block."""

    headers: Headers
    start: int  # position of the first line
    names: Names
    others: frozenset[str]
    lines: dict[Pair, int] = field(default_factory=dict)  # position of each
    skipped: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    # labels of the line before, for merged cells
    region: int = 0
    inner: str = ""
    is_region_out: bool = False

    @property
    def is_strict(self) -> bool:
        """True for producers; a table has other users than those of the map."""
        return self.names.kind != "category"

    def axis(self, allow_missing_pairs: bool) -> Axis:
        """Return the lines up to the last that the map lists."""
        names, rule = self.names, self.headers.rule
        self._check_header_lines()
        count = rule.count or len(names.members) * len(names.own_regions)
        last = -1
        for position in self.headers.positions(self.start):
            last = position
            pair = self._pair_at(position)
            if pair is None:
                continue
            if pair in self.lines:
                raise self._twice(self.lines[pair], position)
            self.lines[pair] = position
            label = self.headers.label(position, self.start)[1]
            if len(self.lines) == count or label == rule.until:
                break
        missing = self._missing()
        if not self.lines or (missing and not allow_missing_pairs):
            raise self._incomplete(missing)
        if self.is_strict and rule.count is None and rule.until is None:
            self._refuse_more(last + 1)
        if rule.in_order:
            self._check_order()
        members = [names.members[member] for _, member in self.lines]
        indices = [
            region * names.n_inner + member.index
            for (region, _), member in zip(self.lines, members, strict=True)
        ]
        end = max(self.lines.values())
        return Axis(
            positions=np.array(list(self.lines.values()), dtype=int),
            indices=np.array(indices, dtype=int),
            signs=np.array([member.sign for member in members], dtype=float),
            length=names.length,
            skipped=tuple(p for p in self.skipped if p < end),
            missing=tuple(map(names.title, missing)),
        )

    def _missing(self) -> list[Pair]:
        return [
            (region, member)
            for region in self.names.own_regions
            for member in range(len(self.names.members))
            if (region, member) not in self.lines
        ]

    def _check_header_lines(self) -> None:
        headers, names = self.headers, self.names
        pattern = headers.rule.pattern
        has_pattern = pattern is not None and "region" in pattern.groupindex
        if names.has_region_labels and len(headers.lines) == 1 and not has_pattern:
            raise headers.grid.refusal(
                f"one line of labels ({headers.described()}), but the map has "
                f"{len(names.regions)} regions; expected two: regions and {names.kind} "
                "labels (header_rows, header_columns), or a `pattern` with the group "
                "(?P<region>...)"
            )

    def _pair_at(self, position: int) -> Pair | None:
        """Return region and member of a line; None if it is no part of the block."""
        names = self.names
        region, inner = self.headers.label(position, self.start)
        if names.has_region_labels and region and not inner:
            inner = self.inner  # sectors are the merged cells, with regions inside
        self.inner = inner or self.inner
        left_out = self.headers.rule.leave_out
        if names.has_region_labels and (region or position == self.start):
            self.is_region_out = region in left_out
            if not self.is_region_out and (inner or region):
                self.region = self._region_at(position, region, inner)
        if self.is_region_out or inner in left_out or self.region < 0:
            return None
        members = names.inner(self.headers.is_across)
        if inner in members:
            own_region = (
                self.region if names.has_region_labels else names.own_regions[0]
            )
            return own_region, members[inner]
        if not inner and position != self.start:
            self.skipped.append(position)
        elif inner in self.others or not self.is_strict:
            self.unknown.append(inner)
        else:
            raise self._unknown(position, inner)
        return None

    def _region_at(self, position: int, region: str, inner: str) -> int:
        regions = self.names.region_of
        # over a line of another block may stand whatever text
        if region in regions or not self.is_strict or inner in self.others:
            return regions.get(region, -1)
        have_begun = {own for own, _ in self.lines}.issuperset(self.names.own_regions)
        is_sector = inner in self.names.inner(self.headers.is_across)
        if have_begun and not is_sector and (missing := self._missing()):
            raise self._incomplete(missing)
        raise self._unexpected(position, 0, region, "region", regions)

    def _unknown(self, position: int, inner: str) -> CarbonshedError:
        headers, names = self.headers, self.names
        twins = names.twins(headers.is_across).get(inner)
        if twins:
            called = " and ".join(names.members[member].title for member in twins)
            return headers.grid.refusal(
                f"cell {headers.address(headers.lines[-1], position)} is "
                f"{inner[:60]!r}, which is the name of {called}; expected header cells "
                "that show codes, or a `label` for each in the map"
            )
        members = names.inner(headers.is_across)
        more = "; a subtotal goes into `leave_out`"
        return self._unexpected(position, -1, inner, names.kind, members, more)

    def _unexpected(
        self,
        position: int,
        level: int,
        text: str,
        kind: str,
        labels: Iterable[str],
        more: str = "",
    ) -> CarbonshedError:
        headers = self.headers
        state = f"is {text[:60]!r}" if text else "is empty"
        return headers.grid.refusal(
            f"cell {headers.address(headers.lines[level], position)} {state}; expected "
            f"a {kind} of the map ({shown(labels)}){suggestion(text, labels)}; the "
            f"labels are looked for in {headers.described()}{more}"
        )

    def _twice(self, first: int, second: int) -> CarbonshedError:
        headers, names = self.headers, self.names
        line = headers.lines[-1]
        merged = (
            " (a merged header cell that begins too late looks so)"
            if names.has_region_labels
            else "; a second block is kept apart by `area` or by `rows: {where: ...}`"
        )
        return headers.grid.refusal(
            f"{headers.label(second, self.start)[1]!r} is at "
            f"{headers.address(line, first)} and at {headers.address(line, second)} in "
            f"the same region; expected each of {names.size_text} once{merged}"
        )

    def _incomplete(self, missing: list[Pair]) -> CarbonshedError:
        headers = self.headers
        is_empty = next(headers.positions(headers.begin), None) is None
        if headers.rule.where and is_empty:
            return self._unwanted()
        names, texts = self.names, [text for text in self.unknown if text]
        member = names.members[missing[0][1]]
        labels = sorted(member.own or member.shared)
        near = suggestion(labels[0], texts) if labels else ""
        named = listing(map(names.title, missing), _MAX_NAMES)
        other_labels = f"; other labels there are {shown(texts)}" if texts else ""
        return self.headers.grid.refusal(
            f"{len(missing)} of {names.size_text} are missing in "
            f"{self.headers.described()}: {named}{near}{other_labels}; if the table "
            "has no such lines, `accept: [missing_pairs]` counts them as zero"
        )

    def _check_order(self) -> None:
        headers, names = self.headers, self.names
        lines = set(self.lines.values())
        for position in range(min(lines), max(lines)) if self.is_strict else ():
            text = headers.label(position, self.start)[1]
            if position not in lines and text in self.others:
                raise headers.grid.refusal(
                    f"cell {headers.address(headers.lines[-1], position)} is {text!r}, "
                    f"inside the {names.kind} labels; expected them in one piece "
                    "(`in_order`): was a line moved?"
                )
        for pair, expected in zip(self.lines, sorted(self.lines), strict=True):
            if pair != expected:
                cell = headers.address(headers.lines[-1], self.lines[pair])
                raise headers.grid.refusal(
                    f"cell {cell} begins the {names.kind} {names.title(pair)}; expected"
                    f" {names.title(expected)}, in the order of the map (`in_order`):"
                    " were lines moved, or merged cells?"
                )

    def _unwanted(self) -> CarbonshedError:
        """Return the refusal of an axis without any row as `where` says."""
        headers = self.headers
        rows = range(headers.begin, headers.end)
        conditions, contents = [], []
        for column, text in headers.rule.where:
            cells = filter(None, (headers.grid.text(r, column) for r in rows))
            letters = column_letters(column)
            conditions.append(f"{letters}: {text!r}")
            contents.append(f"column {letters} has {shown(dict.fromkeys(cells))}")
        return headers.grid.refusal(
            f"no row shows what `where` asks for, {', '.join(conditions)}; "
            f"{', '.join(contents)}"
        )

    def _refuse_more(self, after: int) -> None:
        """Refuse a label of the axis right behind the last one."""
        headers, names = self.headers, self.names
        if next(headers.positions(after), None) != after:
            return
        inner = headers.label(after, self.start)[1]
        count = len(names.members) * len(names.own_regions)
        if inner in names.inner(headers.is_across):
            raise headers.grid.refusal(
                f"the block goes on at {headers.address(headers.lines[-1], after)} "
                f"with {inner!r}; the map lists {names.size_text}, which end before "
                f"it; if another block begins there, say `count: {count}` among its "
                "`rows` or `columns`"
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
    # shape (len(rows), len(columns)): the numbers, as printed, 0 where there is none
    cells: np.ndarray
    is_empty: np.ndarray
    sign: float = 1.0  # 1, or -1 for numbers that are taken off

    @property
    def grid(self) -> Grid:
        """The sheet."""
        return self.left.grid

    @property
    def is_matrix(self) -> bool:
        """True for a block, with labels along both sides."""
        return self.down is not None and self.across is not None

    @property
    def sheet(self) -> str:
        """File and sheet."""
        return self.grid.where
