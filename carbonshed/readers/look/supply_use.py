"""Supply and use tables: two tables of products by industries that add up."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, permutations, product

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
from carbonshed.readers.look.parts import (
    CommonLines,
    in_common,
    is_part_of,
    put_together,
)
from carbonshed.readers.vocabulary import (
    EMISSIONS,
    MARGINS,
    OUTPUT,
    TAXES,
    UNKNOWN,
    Role,
)

_MAX_PAIRS = 400  # neighbours in the file come first


@dataclass(frozen=True)
class SupplyUse:
    """A supply and a use table of the same products and industries."""

    supply: Finding
    use: Finding
    is_at_purchasers_prices: bool | None  # the use table; None if not known


def find_supply_and_use(
    findings: Sequence[Finding], narrow: Sequence[Finding] = ()
) -> SupplyUse | None:
    """Return the supply and the use table that fit each other best, if there are any.

    Use at basic prices comes first: it needs no margins. Where no two tables fit,
    others are put beside and below them, which may be `narrow`.
    """
    numbers = permutations(range(len(findings)), 2)
    nearest = sorted(numbers, key=lambda pair: abs(pair[0] - pair[1]))
    pairs = [(findings[i], findings[j]) for i, j in nearest[:_MAX_PAIRS]]
    tables = [finding.table for finding in (*findings, *narrow)]
    together = islice(_with_parts(pairs, tables), _MAX_PAIRS)
    # a table is in many pairs, one put together in a single one
    for tried, side in ((pairs, cache(Side)), (together, Side)):
        found = [pair for two in tried if (pair := _pair(*two, side)) is not None]
        if found:
            return min(found, key=_rank)
    return None


def _rank(pair: SupplyUse) -> tuple[bool, bool]:
    prices = pair.is_at_purchasers_prices
    return prices is None, prices is not False


def _with_parts(
    pairs: Iterable[tuple[Finding, Finding]], tables: Sequence[Table]
) -> Iterator[tuple[Finding, Finding]]:
    """Yield pairs of tables with what may stand beside and below them elsewhere.

    Final users are in one part; what the others add up to is supply, in some order.
    """

    @cache
    def parts_of(table: Table, *, is_beside: bool) -> list[Table]:
        return [t for t in tables if is_part_of(t, table, is_beside=is_beside)]

    for supply, use in pairs:
        beside, below = (
            parts_of(use.table, is_beside=is_beside) for is_beside in (True, False)
        )
        orders = permutations(beside) if beside or below else ()
        for order in orders:
            parts = (supply, order[1:], ()), (use, order[:1], below)
            yield tuple(
                replace(finding, table=put_together(finding.table, *others))
                for finding, *others in parts
            )


def _pair(supply: Finding, use: Finding, side: Callable[..., Side]) -> SupplyUse | None:
    """Return two tables as supply and use, None if they are not.

    They have products and industries in common, and what industries supply is what
    they use and the value that they add.
    """
    tables = supply.table, use.table
    rows, columns = (in_common(*tables, is_row=is_row) for is_row in (True, False))
    if min(len(rows.pairs), len(columns.pairs)) < MIN_ROWS:
        return None
    sides = [
        (
            side(table, columns.of_table(k), is_row=True),
            side(table, rows.of_table(k), is_row=False),
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


def _without_sums(lines: CommonLines, sides: Sequence[Side]) -> CommonLines:
    """Return lines that are no sums in either table."""
    kept = (
        pair
        for pair in lines.pairs
        if not any(side.parts[at] for side, at in zip(sides, pair, strict=True))
    )
    return replace(lines, pairs=tuple(kept))


def _with_square(
    finding: Finding,
    sides: tuple[Side, Side],
    rows: CommonLines,
    columns: CommonLines,
    k: int,
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
