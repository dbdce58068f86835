"""Supply and use tables: two tables of products by industries that add up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

import numpy as np

from carbonshed.readers.look.classify import (
    MAX_GAP,
    SUPPLY,
    USE,
    Account,
    Balance,
    Finding,
    Line,
    Side,
    accounts_of,
    first_equal,
    gap_of,
    set_lines,
)
from carbonshed.readers.look.detect import Table
from carbonshed.readers.look.match import MIN_ROWS, SIMPLER, Match, plain
from carbonshed.readers.vocabulary import (
    EMISSIONS,
    MARGINS,
    OUTPUT,
    TAXES,
    UNKNOWN,
    Role,
    is_total,
)

_MAX_PAIRS = 400  # neighbours in the file come first


@dataclass(frozen=True)
class SupplyUse:
    """A supply and a use table of the same products and industries."""

    supply: Finding
    use: Finding
    is_at_purchasers_prices: bool | None  # the use table; None if not known


def find_supply_and_use(findings: Sequence[Finding]) -> SupplyUse | None:
    """Return the supply and the use table that fit each other best, if there are any.

    Use at basic prices comes first: it needs no margins.
    """
    numbers = permutations(range(len(findings)), 2)
    nearest = sorted(numbers, key=lambda pair: abs(pair[0] - pair[1]))[:_MAX_PAIRS]
    pairs = (_pair(findings[i], findings[j]) for i, j in nearest)
    return min(
        (pair for pair in pairs if pair is not None),
        key=lambda pair: (
            pair.is_at_purchasers_prices is not False,
            pair.is_at_purchasers_prices is None,
        ),
        default=None,
    )


@dataclass(frozen=True)
class _Lines:
    """Rows or columns that two tables have in common, by the labels of one level."""

    levels: tuple[int, int]  # the column, or row, of the labels in each table
    pairs: tuple[tuple[int, int], ...] = ()  # positions in each table

    def of_table(self, k: int) -> tuple[int, ...]:
        """Return the positions in the first or the second table."""
        return tuple(pair[k] for pair in self.pairs)


def _pair(supply: Finding, use: Finding) -> SupplyUse | None:
    """Return two tables as supply and use, None if they are not.

    They have products and industries in common, and what industries supply is what
    they use and the value that they add.
    """
    tables = supply.table, use.table
    rows, columns = (_in_common(*tables, is_row=is_row) for is_row in (True, False))
    if min(len(rows.pairs), len(columns.pairs)) < MIN_ROWS:
        return None
    sides = [
        (
            Side(table, columns.of_table(k), is_row=True),
            Side(table, rows.of_table(k), is_row=False),
        )
        for k, table in enumerate(tables)
    ]
    rows = _without_sums(rows, [down for down, _ in sides])
    columns = _without_sums(columns, [across for _, across in sides])
    if min(len(rows.pairs), len(columns.pairs)) < MIN_ROWS:
        return None
    supply, use = (
        _with_square(finding, sides[k], rows, columns, k)
        for k, finding in enumerate((supply, use))
    )
    made = Account(0, None, supply.block.sum(axis=0))
    inputs, uses = (accounts_of(use, columns=columns) for columns in (False, True))
    output = first_equal([(account, made) for account in inputs])
    if output is None or not uses:
        return None
    use.kind, supply.kind = USE, SUPPLY
    gap = gap_of(output[0].total, made.total)
    use.balance = Balance("output of industries against their supply", gap)
    use.row_lines = _counted(use.row_lines, output[0], OUTPUT)
    total = first_equal([*product(uses, accounts_of(supply, columns=True))])
    use.column_lines = _counted(use.column_lines, total[0] if total else uses[0])
    if total is None:
        return SupplyUse(supply, use, None)
    supply.column_lines = _counted(supply.column_lines, total[1])
    _name_prices(supply)
    return SupplyUse(supply, use, any(supply.lines(MARGINS, TAXES, columns=True)))


def _in_common(supply: Table, use: Table, *, is_row: bool) -> _Lines:
    """Return the rows or columns of two tables with equal labels, by the best level."""
    levels = [table.labels if is_row else table.headers for table in (supply, use)]
    best = _Lines((0, 0))
    for own, other in product(*levels):
        offered = _by_label(supply, own, is_row=is_row)
        pairs = tuple(
            (offered[label], position)
            for label, position in _by_label(use, other, is_row=is_row).items()
            if label in offered and not is_total(label)
        )
        if len(pairs) > len(best.pairs):
            best = _Lines((own, other), pairs)
    return best


def _by_label(table: Table, level: int, *, is_row: bool) -> dict[str, int]:
    """Return the positions of labels that occur once."""
    texts = table.down(level) if is_row else table.across(level)
    labels, positions = map(plain, texts), table.rows if is_row else table.columns
    by_label: dict[str, list[int]] = {}
    for label, position in zip(labels, positions, strict=True):
        by_label.setdefault(label, []).append(position)
    return {label: at[0] for label, at in by_label.items() if label and len(at) == 1}


def _without_sums(lines: _Lines, sides: Sequence[Side]) -> _Lines:
    """Return lines that are no sums in either table."""
    kept = (
        pair
        for pair in lines.pairs
        if not any(side.parts[at] for side, at in zip(sides, pair, strict=True))
    )
    return replace(lines, pairs=tuple(kept))


def _with_square(
    finding: Finding, sides: tuple[Side, Side], rows: _Lines, columns: _Lines, k: int
) -> Finding:
    """Return the first or second table with its products by industries."""
    table, label, header = finding.table, rows.levels[k], columns.levels[k]
    down, across = rows.of_table(k), columns.of_table(k)
    texts = table.down(label, down), table.across(header, across)
    alike = (s for s in SIMPLER if [*map(s, texts[0])] == [*map(s, texts[1])])
    simplify = next(alike, None)
    is_square = simplify is not None
    match = Match(
        label, header, None, down, across, simplify or plain, is_square=is_square
    )
    found = replace(finding, match=match, rows=down, columns=across, imported_rows=())
    set_lines(found, *sides)
    return found


def _name_prices(supply: Finding) -> None:
    """Name what a total of supply counts beside imports, whatever it is called.

    Over all products margins cancel out; the others are taxes on products.
    """
    if not supply.import_columns:
        return
    roles = {}
    for line in supply.lines(UNKNOWN, columns=True):
        values = supply.values(line, columns=True)
        is_margin = abs(values.sum()) < MAX_GAP * np.abs(values).sum()
        roles[line.position] = Role(MARGINS if is_margin else TAXES)
    supply.column_lines = tuple(
        replace(line, role=roles.get(line.position, line.role))
        for line in supply.column_lines
    )


def _counted(
    lines: tuple[Line, ...], account: Account, role: str = ""
) -> tuple[Line, ...]:
    """Return lines, those behind an account as such, and the role of its sum."""
    return tuple(
        replace(
            line,
            role=Role(role) if role and line is account.line else line.role,
            is_beyond=line.position > account.end and line.role.name != EMISSIONS,
        )
        for line in lines
    )
