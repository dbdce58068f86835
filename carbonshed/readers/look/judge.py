"""From a table of labelled numbers to what it seems to be."""

import re
from dataclasses import replace

from carbonshed.readers.look.finding import Finding, Line
from carbonshed.readers.look.kinds import decide_kind
from carbonshed.readers.look.match import (
    Match,
    find_match,
    find_stack,
    plain,
    rows_of_kind,
    rows_of_year,
    same_again,
)
from carbonshed.readers.look.tables import Table
from carbonshed.readers.look.totals import Sums, find_sums
from carbonshed.readers.vocabulary import (
    EMISSIONS,
    EXPORTS,
    FINAL,
    IMPORTS,
    OUTPUT,
    TAXES,
    TOTAL,
    UNKNOWN,
    VALUE_ADDED,
    Role,
    is_total,
    role_of,
)

_IMPORTED = re.compile(r"\bimp|import|einfuhr|輸入|进口|uvoz", re.IGNORECASE)
_HALF = 0.5
_ENOUGH = 0.8
_INPUTS = (VALUE_ADDED, TAXES, OUTPUT)
_USES = (FINAL, EXPORTS)


def judge(table: Table) -> Finding:
    """Return what a table seems to be.

    Parameters
    ----------
    table
        From `tables.find_tables`.

    Returns
    -------
    Finding
        Without a match if rows and columns have no labels in common.
    """
    stack = find_stack(table)
    whole = rows_of_year(table, stack.year)
    main, imported, main_kind = _main_rows(whole, stack.kind)
    match = find_match(main)
    finding = Finding(
        table=whole, title=_title(table), stack=stack, match=match, main_kind=main_kind
    )
    if match is None:
        finding.doubts.append(
            "rows and columns have no labels in common: no square of sectors was found"
        )
        return finding
    # the labels may agree beyond the sectors: once more with those alone
    pairs = [
        (row, column)
        for row, column in zip(match.rows, match.columns, strict=True)
        if not is_total(table.cells.label(row, match.label))
    ]
    for _ in range(2 if pairs else 0):
        rows, columns = zip(*pairs, strict=True)
        down = find_sums(table.cells.block(whole.rows, columns))
        across = find_sums(table.cells.block(rows, whole.columns).T)
        rows_end = _end_of_rows(whole, down, rows)
        columns_end = _end_of_columns(whole, across, columns)
        row_sums = _sum_positions(down, whole.rows)
        column_sums = _sum_positions(across, whole.columns)
        pairs = [
            (row, column)
            for row, column in pairs
            if row < rows_end and column < columns_end
            if row not in row_sums and column not in column_sums
        ]
        if not pairs:
            break
    if not pairs:
        finding.match = None
        finding.doubts.append("equal labels of rows and columns are those of sums")
        return finding
    finding.rows, finding.columns = (tuple(side) for side in zip(*pairs, strict=True))
    finding.match = match = replace(match, rows=finding.rows, columns=finding.columns)
    imported = imported or _imported_below(whole, match)
    finding.imported_rows = imported
    inner = _inside(whole.rows, finding.rows, rows_end, imported)
    finding.extra_rows = tuple(row for row in inner if row not in row_sums)
    beside = _inside(whole.columns, finding.columns, columns_end, ())
    finding.extra_columns = tuple(c for c in beside if c not in column_sums)
    finding.inner_sums = (
        tuple(row for row in inner if row in row_sums),
        tuple(column for column in beside if column in column_sums),
    )
    used = {*finding.rows, *inner, *imported}
    finding.row_lines = _lines(whole, down, used, finding.columns, is_row=True)
    used = {*finding.columns, *beside}
    finding.column_lines = _lines(whole, across, used, finding.rows, is_row=False)
    decide_kind(finding)
    return finding


def _main_rows(
    table: Table, kind: tuple[int, tuple[str, ...]] | None
) -> tuple[Table, tuple[int, ...], str | None]:
    """Return the rows of own products, and those of imported ones, of a stack."""
    if kind is None:
        return table, (), None
    column, texts = kind
    parts = {text: rows_of_kind(table, column, text) for text in texts}
    most = max(len(part.rows) for part in parts.values())
    large = [text for text in texts if len(parts[text].rows) >= _ENOUGH * most]
    bought = [text for text in large if role_of((text,)).name == IMPORTS]
    own = [text for text in large if text not in bought]
    if not own:
        return table, (), None
    imported = parts[bought[0]].rows if bought else ()
    return parts[own[0]], imported, own[0]


def _imported_below(table: Table, match: Match) -> tuple[int, ...]:
    """Return the rows of imports that stand below, with the same labels or a prefix."""
    again = same_again(table, match)
    if not again:
        return ()
    between = range(max(match.rows) + 1, again[0] + 1)
    texts = [
        table.cells.label(row, column) for row in between for column in table.labels
    ]
    says_so = any(_IMPORTED.search(text) for text in texts)
    return again if says_so else ()


def _sum_positions(sums: Sums, positions: tuple[int, ...]) -> set[int]:
    return {p for k, p in enumerate(positions) if sums.is_sum(k)}


def _end_of_rows(table: Table, sums: Sums, matched: tuple[int, ...]) -> int:
    roles = {row: role_of(table.row_texts(row)).name for row in table.rows}
    return _end(sums, roles, matched, _INPUTS, (*_INPUTS, IMPORTS, EMISSIONS))


def _end_of_columns(table: Table, sums: Sums, matched: tuple[int, ...]) -> int:
    roles = {c: role_of(table.column_texts(c)).name for c in table.columns}
    return _end(sums, roles, matched, _USES, (*_USES, IMPORTS))


def _end(
    sums: Sums,
    roles: dict[int, str],
    matched: tuple[int, ...],
    stopping: tuple[str, ...],
    parting: tuple[str, ...],
) -> int:
    """Return the line behind the sectors: their sum, or the first of another kind.

    A sum of most sectors may be a subtotal: the last before other kinds begin counts.
    Without such a sum, kinds that also name products part the sectors from the rest:
    a row of imports.
    """
    partners, positions, last = set(matched), list(roles), max(matched)
    stops = [position for position, role in roles.items() if role in stopping]
    wholes = [
        positions[k]
        for k, parts in enumerate(sums.parts)
        if k > max(parts, default=k)
        if sum(positions[part] in partners for part in parts) > _HALF * len(matched)
    ]
    behind = [stop for stop in stops if stop > last]
    if not wholes or (behind and behind[0] < wholes[0]):
        ends = (p for p, role in roles.items() if p > last and role in parting)
        return next(ends, last + 1)
    first_stop = next((stop for stop in stops if stop > wholes[0]), None)
    if first_stop is None:
        return wholes[0]
    return [whole for whole in wholes if whole < first_stop][-1]


def _inside(
    positions: tuple[int, ...],
    sectors: tuple[int, ...],
    end: int,
    others: tuple[int, ...],
) -> tuple[int, ...]:
    """Return lines among the sectors, or between them and their total."""
    left_out = {*sectors, *others}
    return tuple(p for p in positions if sectors[0] <= p < end and p not in left_out)


def _lines(
    table: Table, sums: Sums, used: set[int], at: tuple[int, ...], *, is_row: bool
) -> tuple[Line, ...]:
    """Return what is beside the sectors; `used` are theirs, `at` those across."""
    positions = table.rows if is_row else table.columns
    # a sum of the sectors alone ends nothing
    ends = [
        k for k in sums.grand if any(positions[p] not in used for p in sums.parts[k])
    ]
    last = positions[ends[-1]] if ends else positions[-1]
    found = []
    for k, position in enumerate(positions):
        if position in used:
            continue
        texts = table.row_texts(position) if is_row else table.column_texts(position)
        parts = tuple(positions[part] for part in sums.parts[k])
        lines = ((position,), at) if is_row else (at, (position,))
        line = Line(
            position,
            texts,
            _role(texts, bool(parts), is_row),
            parts,
            position > last,
            not table.cells.block(*lines).any(),
        )
        found.append(line)
    return tuple(found)


def _role(texts: tuple[str, ...], is_sum: bool, is_row: bool) -> Role:
    role = role_of(texts)
    if is_row and role.name in (FINAL, EXPORTS):
        # rows are inputs: business consumption (Japan) is part of value added
        return Role(UNKNOWN) if role.name == EXPORTS else Role(VALUE_ADDED)
    if role.name == UNKNOWN and is_sum:
        return Role(TOTAL)
    return role


def _title(table: Table) -> str:
    """Return the longest text at the left above the numbers."""
    first = table.rows[0]
    area = table.cells.texts[table.top : first, : table.columns[0]]
    texts = [text for text in area.ravel() if len(plain(text).split()) > 1]
    return max(texts, key=len, default="")
