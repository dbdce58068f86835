"""A table with its sectors, its lines and its kind: symmetric, supply or use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

import numpy as np

from carbonshed.readers.look.detect import Table
from carbonshed.readers.look.match import (
    Match,
    Stack,
    find_match,
    find_stack,
    find_sums,
    first_of_sum,
    of_regions,
    plain,
    rows_of_kind,
    rows_of_year,
)
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

Positions = tuple[int, ...]
Pairs = list[tuple[int, int]]  # row and column of a sector

_SEPARATORS = "_-.:|/ "
_CODE_LENGTHS = (3, 2, 4)  # letters of a code of a country or province
_MIN_PARTS = 2

# kinds of table
SYMMETRIC, USE, SUPPLY = "symmetric", "use", "supply"
IMPORTED, COEFFICIENTS, UNKNOWN_KIND = "imports", "coefficients", "unknown"
# origin of the flows
DOMESTIC, TOTAL_FLOWS, IMPORTED_FLOWS, UNKNOWN_ORIGIN = (
    *("domestic", "total", "imported"),
    "not known",
)
MAX_GAP = 0.02  # share of output: rounding and small discrepancies
_MAX_CLOSING_GAP = 0.002  # for one of many lines that is chosen because it fits
_MAX_IMPORTED_SHARE = 1.0  # share of output; use tables miss by more, or both ways
_MAX_COEFFICIENT_SUM = 1.05
_TOO_FEW_SECTORS = 4  # multipliers look like small flows
_MAX_LINES_TRIED = 40  # the last lines include imports
_MAX_PAIRS_TRIED = 64
_MIN_ROWS_SHARE = 0.8
_SUMS_ALONE = "equal labels of rows and columns are those of sums"
_PURCHASERS = "purchasers' prices"
_PRICE_WORDS = {
    _PURCHASERS: r"purchaser|precios? (de )?comprador|anschaffungspreis|pembeli"
    r"|prix d'acquisition|購入者価格|购买者价格",
    "producers' prices": r"producer|produsen|生産者価格|生产者价格",
    "basic prices": r"basic|básico|herstellungspreis|prix de base",
}


@dataclass(frozen=True)
class JoinedLabels:
    """The regions and sectors in labels such as ``FIN_A01``, in their order."""

    pattern: str  # a map's, with the groups ``region`` and ``sector``
    regions: tuple[str, ...]
    sectors: tuple[str, ...]


def split_labels(labels: Sequence[str]) -> JoinedLabels | None:
    """Return regions and sectors of labels, if every region has every sector once."""
    patterns = [
        rf"^(?P<region>[^{re.escape(sign)}]+){re.escape(sign)}(?P<sector>.+)$"
        for sign in _SEPARATORS
        if all(sign in label for label in labels)
    ]
    patterns += [
        rf"^(?P<region>[^\W\d_]{{{width}}})(?P<sector>.+)$" for width in _CODE_LENGTHS
    ]
    for pattern in patterns:
        matches = [re.match(pattern, label) for label in labels]
        if not all(matches):
            continue
        pairs = [(match["region"], match["sector"]) for match in matches if match]
        regions, sectors = (
            tuple(dict.fromkeys(part)) for part in zip(*pairs, strict=True)
        )
        has_names = all(re.search(r"[^\W\d_]", region) for region in regions)
        is_full = has_names and len(set(pairs)) == len(labels) == len(regions) * len(
            sectors
        )
        if is_full and min(len(regions), len(sectors)) >= _MIN_PARTS:
            return JoinedLabels(pattern, regions, sectors)
    return None


@dataclass(frozen=True)
class Line:
    """A row or column of the sheet that is not one of sectors."""

    position: int
    texts: tuple[str, ...]  # its labels
    role: Role
    parts: tuple[int, ...] = ()  # rows or columns that it adds up; empty for no sum
    is_beyond: bool = False  # after the grand total
    is_zero: bool = False  # without any number but zero

    @property
    def is_leaf(self) -> bool:
        """True for a line that is no sum and is before the grand total."""
        return not self.parts and not self.is_beyond


@dataclass(frozen=True)
class Balance:
    """A comparison of two sides of a table, summed over sectors."""

    text: str  # the two sides
    gap: float  # sum of absolute differences / sum of the second side


@dataclass
class Finding:
    """A table and its interpretation."""

    table: Table  # that of the last year, if years are stacked
    title: str = ""  # the text above it
    stack: Stack = field(default_factory=Stack)
    match: Match | None = None  # None if fewer than three labels agree
    # rows and columns of the sectors, pair by pair
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    # lines among the sectors without a partner, and those that are subtotals
    extra_rows: tuple[int, ...] = ()
    extra_columns: tuple[int, ...] = ()
    inner_sums: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    # lines below and right of the sectors
    row_lines: tuple[Line, ...] = ()
    column_lines: tuple[Line, ...] = ()
    imported_rows: tuple[int, ...] = ()  # rows of the same sectors, if they are stacked
    main_kind: str | None = None  # kind of the rows of domestic products, in `stack`
    kind: str = UNKNOWN_KIND
    origin: str = UNKNOWN_ORIGIN
    import_rows: tuple[Line, ...] = ()  # of imports by product, as buyers stand
    balance: Balance | None = None
    doubts: list[str] = field(default_factory=list)

    @cached_property
    def joined_labels(self) -> JoinedLabels | None:
        """The regions and sectors in labels of one level, None if not joined."""
        match = self.match
        if match is None or match.outer is not None or match.is_renamed:
            return None
        return split_labels(self.table.down(match.label, self.rows))

    @property
    def block(self) -> np.ndarray:
        """The numbers of the sectors, rows and columns pair by pair."""
        return self.table.cells.block(self.rows, self.columns)

    def lines(self, *roles: str, columns: bool) -> list[Line]:
        """Return the lines of some roles that count by themselves and are not zero."""
        among = self.column_lines if columns else self.row_lines
        return [
            line
            for line in among
            if line.role.name in roles and line.is_leaf and not line.is_zero
        ]

    def values(self, line: Line, *, columns: bool) -> np.ndarray:
        """Return the numbers of a column, or of a row, at the sectors."""
        block = self.table.cells.block
        if columns:
            return block(self.rows, [line.position])[:, 0]
        return block([line.position], self.columns)[0]

    def reaches_users(self, line: Line) -> bool:
        """Return whether final users buy from a row, other than a total of sectors."""
        numbers = np.nan_to_num(self.table.cells.numbers[line.position])
        used = [
            numbers[user.position] for user in self.lines(FINAL, UNKNOWN, columns=True)
        ]
        total = numbers[list(self.columns)].sum()
        return any(used) and not np.isclose(max(used), total, rtol=1e-6)

    @property
    def emission_lines(self) -> list[Line]:
        """The rows of emissions, or without any the columns of them."""
        rows, columns = (
            [line for line in lines if line.role.name == EMISSIONS]
            for lines in (self.row_lines, self.column_lines)
        )
        return rows or columns

    @property
    def import_columns(self) -> list[Line]:
        """The columns of imports, without sums if there are others."""
        lines = [
            line
            for line in self.column_lines
            if line.role.name == IMPORTS and not line.is_zero
        ]
        return [line for line in lines if not line.parts] or lines


def classify(table: Table) -> Finding:
    """Return the kind and the lines of a table.

    There is no match if rows and columns have no labels in common.
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
    pairs = [
        (row, column)
        for row, column in zip(match.rows, match.columns, strict=True)
        if not is_total(table.cells.label(row, match.label))
    ]
    if not pairs:
        finding.match = None
        finding.doubts = [_SUMS_ALONE]
        return finding
    # labels may agree behind a total: the largest square that balances counts
    sides = {len(pairs): _sides(whole, pairs)}
    sizes = {_before_total(whole, pairs), *_before_sums(sides[len(pairs)], pairs)}
    sides |= {k: _sides(whole, pairs[:k]) for k in sizes - {0, len(pairs)}}
    findings = [
        _of_square(replace(finding), pairs[:k], sides[k], imported)
        for k in sorted(sides, reverse=True)
    ]
    return min(findings, key=_gap_beyond_rounding)


def _sides(table: Table, pairs: Pairs) -> tuple["Side", "Side"]:
    """Return the rows and the columns of a table, with the sums at some pairs."""
    rows, columns = zip(*pairs, strict=True)
    return Side(table, columns, is_row=True), Side(table, rows, is_row=False)


def _before_sums(sides: tuple["Side", "Side"], pairs: Pairs) -> set[int]:
    """Return the numbers of pairs before each line that adds up most of them."""
    return {
        sum(at < total for at in matched)
        for side, matched in zip(sides, zip(*pairs, strict=True), strict=True)
        for total in side.totals(matched)
    }


def _of_square(
    finding: Finding,
    pairs: Pairs,
    sides: tuple["Side", "Side"],
    imported: Positions,
) -> Finding:
    """Return a finding with a square of sectors, without those that are sums."""
    table, match = finding.table, finding.match
    down, across = sides
    pairs = [
        (row, column)
        for row, column in pairs
        if not down.parts[row] and not across.parts[column]
    ]
    if not pairs:
        finding.match = None
        finding.doubts = [_SUMS_ALONE]
        return finding
    finding.rows, finding.columns = (tuple(side) for side in zip(*pairs, strict=True))
    match = replace(match, rows=finding.rows, columns=finding.columns)
    finding.match = match = of_regions(table, match)
    finding.imported_rows = imported or _imported_below(table, match, down)
    set_lines(finding, down, across)
    _decide_kind(finding)
    return finding


def _gap_beyond_rounding(finding: Finding) -> float:
    gap = finding.balance.gap if finding.balance else 1.0
    return max(gap, _MAX_CLOSING_GAP)


def set_lines(finding: Finding, down: "Side", across: "Side") -> None:
    """Set the lines among the sectors and those beside, which are inputs and uses."""
    finding.balance, finding.doubts = None, []
    finding.extra_rows, row_sums = down.inside(finding.rows, finding.imported_rows)
    finding.extra_columns, column_sums = across.inside(finding.columns)
    finding.inner_sums = row_sums, column_sums
    used = {*finding.rows, *finding.extra_rows, *row_sums, *finding.imported_rows}
    finding.row_lines = down.lines(used, finding.columns)
    used = {*finding.columns, *finding.extra_columns, *column_sums}
    finding.column_lines = across.lines(used, finding.rows)


def _before_total(table: Table, pairs: Pairs) -> int:
    """Return the number of pairs before the last one that adds up all before it.

    A row and a column that add up runs of others, corners apart, are a total of them.
    """
    square = table.cells.block(*zip(*pairs, strict=True))
    size, leaves = len(pairs), []
    for k in range(len(pairs)):
        firsts = [
            first_of_sum(side[k, leaves], side[np.ix_(leaves, leaves)])
            for side in (square, square.T)
        ]
        if None in firsts:
            leaves.append(k)
        elif not any(firsts):
            size = k
    return size


def price_basis_of(title: str) -> str | None:
    """Return the price basis that a title names."""
    for basis, words in _PRICE_WORDS.items():
        if re.search(words, title, re.IGNORECASE):
            return basis
    return None


def _main_rows(
    table: Table, kind: tuple[int, tuple[str, ...]] | None
) -> tuple[Table, tuple[int, ...], str | None]:
    """Return the rows of domestic products, those of imported ones, and their kind."""
    if kind is None:
        return table, (), None
    column, texts = kind
    parts = {text: rows_of_kind(table, column, text) for text in texts}
    most = max(len(part.rows) for part in parts.values())
    large = [text for text in texts if len(parts[text].rows) >= _MIN_ROWS_SHARE * most]
    imported_kinds = [text for text in large if role_of((text,)).name == IMPORTS]
    domestic = [text for text in large if text not in imported_kinds]
    if not domestic:
        return table, (), None
    imported = parts[imported_kinds[0]].rows if imported_kinds else ()
    return parts[domestic[0]], imported, domestic[0]


def _imported_below(table: Table, match: Match, down: "Side") -> Positions:
    """Return rows of imports below the sectors, with the same labels or a prefix.

    A text before them, or beside their sum, says what they are.
    """
    last = max(match.rows)
    again: dict[str, int] = {}
    for row in table.rows:
        if row > last:
            again.setdefault(match.simplify(table.cells.label(row, match.label)), row)
    labels = list(map(match.simplify, table.down(match.label, match.rows)))
    if match.outer is not None or not again.keys() >= set(labels):
        return ()
    rows = tuple(again[label] for label in labels)
    sums = (row for row, parts in down.parts.items() if {*parts} == {*rows})
    between = range(last + 1, rows[0] + 1)
    texts = (text for row in (*between, *sums) for text in table.row_texts(row))
    is_named = any(role_of((text,)).name == IMPORTS for text in texts)
    return rows if is_named else ()


class Side:
    """The rows or the columns of a table, with the sums among them."""

    def __init__(self, table: Table, at: Positions, *, is_row: bool) -> None:
        self.table, self.is_row = table, is_row
        self.positions = table.rows if is_row else table.columns
        self.texts_of = table.row_texts if is_row else table.column_texts
        sums = find_sums(self._values(self.positions, at))
        self.parts = {  # what each line adds up; nothing for no sum
            position: tuple(self.positions[part] for part in parts)
            for position, parts in zip(self.positions, sums, strict=True)
        }

    def _values(self, positions: Positions, at: Positions) -> np.ndarray:
        if self.is_row:
            return self.table.cells.block(positions, at)
        return self.table.cells.block(at, positions).T

    def totals(self, sectors: Positions) -> list[int]:
        """Return the lines that add up most of the sectors before them."""
        return [
            position
            for position, parts in self.parts.items()
            if position > max(parts, default=position)
            if len({*parts} & {*sectors}) > len(sectors) / 2
        ]

    def inside(
        self, sectors: Positions, others: Positions = ()
    ) -> tuple[Positions, Positions]:
        """Return lines among the sectors, and sums of these."""
        among = range(sectors[0], max(sectors))
        left_out = {*sectors, *others}
        lines = [p for p in self.positions if p in among and p not in left_out]
        return (
            tuple(p for p in lines if not self.parts[p]),
            tuple(p for p in lines if self.parts[p]),
        )

    def lines(self, used: set[int], at: Positions) -> tuple[Line, ...]:
        """Return the lines that are not `used`, with their values `at` the sectors."""
        return tuple(
            Line(
                position,
                texts := self.texts_of(position),
                _role(texts, bool(parts), self.is_row),
                parts,
                is_zero=not self._values((position,), at).any(),
            )
            for position, parts in self.parts.items()
            if position not in used
        )


def _role(texts: tuple[str, ...], is_sum: bool, is_row: bool) -> Role:
    """Return the role that a name gives and sums do not refute."""
    role = role_of(texts)
    if role.name in (OUTPUT, TOTAL, UNKNOWN):
        return Role(TOTAL if is_sum else UNKNOWN)
    if is_row and role.name == FINAL:  # Japan's business consumption is value added
        return Role(VALUE_ADDED)
    return Role(UNKNOWN) if role.name == (EXPORTS if is_row else VALUE_ADDED) else role


def _title(table: Table) -> str:
    """Return the longest text above the labels of the rows."""
    first = table.rows[0]
    area = table.cells.texts[table.top : first, : table.columns[0]]
    texts = [text for text in area.ravel() if len(plain(text).split()) > 1]
    return max(texts, key=len, default="")


def _decide_kind(finding: Finding) -> None:
    """Set kind, origin, balance and doubts of a finding that has a match."""
    if _holds_coefficients(finding):
        finding.kind = COEFFICIENTS
        finding.doubts.append("shares or multipliers, not flows of money")
        return
    title = finding.title
    if price_basis_of(title) == _PURCHASERS:
        finding.doubts.append("the title says purchasers' prices")
    if _is_transposed(finding):
        finding.doubts.append(
            "exports in a row and value added in a column: buyers down and producers "
            "across; a map needs producers down, so transpose the sheet"
        )
    has_inputs = any(
        line.role.name == VALUE_ADDED and not line.is_zero for line in finding.row_lines
    )
    names = (title, finding.table.cells.sheet)
    if not has_inputs and any(role_of((name,)).name == IMPORTS for name in names):
        finding.kind, finding.origin = IMPORTED, IMPORTED_FLOWS
        return
    if not has_inputs and _looks_like_supply(finding):
        finding.kind = SUPPLY
        return
    _balance(finding)


def _is_transposed(finding: Finding) -> bool:
    table = finding.table
    rows, columns = (
        {role_of(texts_of(p)).name for p in positions if p not in sectors}
        for texts_of, positions, sectors in (
            (table.row_texts, table.rows, finding.rows),
            (table.column_texts, table.columns, finding.columns),
        )
    )
    return EXPORTS in rows and VALUE_ADDED in columns


def _holds_coefficients(finding: Finding) -> bool:
    block = finding.block
    sums = np.abs(block).sum(axis=0)
    # an inverse has 1 and more on its diagonal, and small numbers elsewhere
    diagonal = block.diagonal()
    off = block - np.diag(diagonal)
    is_inverse = len(block) > _TOO_FEW_SECTORS and diagonal.min() >= 1 - 1e-9
    is_inverse &= bool(diagonal.max() < 10 and off.max() < 3)
    return bool(0 < sums.max() <= _MAX_COEFFICIENT_SUM or is_inverse)


def _looks_like_supply(finding: Finding) -> bool:
    block = np.abs(finding.block)
    is_diagonal = block.trace() > 0.6 * block.sum()
    has_final = any(
        line.role.name in (FINAL, EXPORTS) and not line.is_zero
        for line in finding.column_lines
    )
    return not has_final and is_diagonal


@dataclass(frozen=True)
class Account:
    """What sectors and the lines beside them add up to, as far as one of these."""

    end: int  # position of the last line that counts
    line: Line | None  # the line that prints it
    total: np.ndarray


@dataclass(frozen=True)
class _Closed:
    """Two accounts that are equal, without lines of imports that only one has."""

    used: Account
    made: Account
    imports: tuple[Line, ...] = ()
    is_column: bool = False


def accounts_of(finding: Finding, *, columns: bool) -> list[Account]:
    """Return what a side may add up to, the likeliest first.

    Printed sums of more than sectors come first: of those called output, then of the
    longest, the last. What lines add up to without a printed sum comes after them.
    """
    lines = finding.column_lines if columns else finding.row_lines
    count = len(finding.columns if columns else finding.rows)
    printed, added = [], []
    rows = finding.rows if columns else (*finding.rows, *finding.imported_rows)
    block = finding.table.cells.block(rows, finding.columns)
    total = block.sum(axis=1 if columns else 0)
    for line in lines:
        values = finding.values(line, columns=columns)
        if len(line.parts) > count and not line.is_zero:
            printed.append(Account(max(line.position, *line.parts), line, values))
        elif not line.parts and not line.is_zero and line.role.name != EMISSIONS:
            total = total + values
            added.append(Account(line.position, None, total))
    printed.sort(key=lambda account: (len(account.line.parts), account.end))
    return [*reversed(printed), *reversed(added)][:_MAX_LINES_TRIED]


def _balance(finding: Finding) -> None:
    """Find the lines that make both sides equal, and the kind that follows."""
    uses, inputs = (accounts_of(finding, columns=side) for side in (True, False))
    if not uses or not inputs:
        finding.doubts.append(
            "no totals of rows and columns were found, so balances are unknown"
        )
        return
    inputs = [x for x in inputs if _may_be_output(finding, x)] or inputs
    closed = _closed(finding, uses, inputs)
    if closed is None:  # names tell where sums do not
        named = [a for a in inputs if a.line and role_of(a.line.texts).name == OUTPUT]
        closed = _Closed(uses[0], next(iter(named), inputs[0]))
    total, text = closed.used.total, "total of rows"
    for line in closed.imports:
        total = total - abs(finding.values(line, columns=closed.is_column))
        text += f" less {'column' if closed.is_column else 'row'} {line.position + 1}"
    gap = gap_of(total, closed.made.total)
    finding.balance = Balance(f"{text} against output of columns", gap)
    _count(finding, closed)
    if gap < MAX_GAP:
        finding.kind = SYMMETRIC
        is_total = bool(closed.imports) or any(
            line.role.name == IMPORTS and line.is_leaf and not line.is_zero
            for line in finding.column_lines
        )
        finding.origin = TOTAL_FLOWS if is_total else DOMESTIC
        return
    output = closed.made.total
    if gap < _MAX_IMPORTED_SHARE and (total - output > -MAX_GAP * abs(output)).all():
        finding.kind, finding.origin = SYMMETRIC, TOTAL_FLOWS
        finding.doubts.append(
            "no row delivers less than the output of its column: cells include "
            "imports, and no column of them was found"
        )
        return
    finding.kind = USE
    finding.doubts.append(
        "rows and columns do not balance by sector: products by industries (a use "
        "table), or a table that includes imports without a column of them"
    )


def _may_be_output(finding: Finding, account: Account) -> bool:
    """Return whether an account of inputs has some that final users do not buy.

    Inputs at purchasers' prices have none: imports and taxes are also paid by users.
    """
    return any(
        line.position <= account.end and not finding.reaches_users(line)
        for line in finding.row_lines
        if not line.parts and not line.is_zero
    )


def _closed(
    finding: Finding, uses: list[Account], inputs: list[Account]
) -> _Closed | None:
    """Return the accounts that are equal, maybe without imports."""
    ranks = sorted(product(range(len(uses)), range(len(inputs))), key=sum)
    pairs = [(uses[i], inputs[j]) for i, j in ranks]
    equal = first_equal(pairs)
    if equal is not None:
        return _without_supply(finding, *equal, inputs)
    beside = [
        (line, is_column, abs(finding.values(line, columns=is_column)))
        for lines, is_column in (
            (finding.column_lines, True),
            (finding.row_lines, False),
        )
        for line in lines[-_MAX_LINES_TRIED:]
    ]
    for used, made in pairs[:_MAX_PAIRS_TRIED]:
        for line, is_column, values in beside:
            is_outside = line.position > (used if is_column else made).end
            if (
                is_outside
                and gap_of(used.total - values, made.total) < _MAX_CLOSING_GAP
            ):
                return _Closed(used, made, (line,), is_column)
    return None


def first_equal(
    pairs: Sequence[tuple[Account, Account]],
) -> tuple[Account, Account] | None:
    """Return the first of some pairs of accounts that are equal, the nearest first."""
    for limit in (_MAX_CLOSING_GAP, MAX_GAP):
        for used, made in pairs:
            if gap_of(used.total, made.total) < limit:
                return used, made
    return None


def _without_supply(
    finding: Finding, used: Account, made: Account, inputs: list[Account]
) -> _Closed:
    """Return equal accounts, without imports by product that the inputs add up.

    Such rows are what a printed sum adds to another one, and buy nothing for final
    users: output and imports are supply.
    """
    whole = set(made.line.parts) if made.line else set()
    by_position = {line.position: line for line in finding.row_lines}
    for before in inputs:
        own = set(before.line.parts) if before.line else whole
        more = tuple(by_position.get(p) for p in sorted(whole - own))
        if own < whole and all(
            line
            and line.role.name in (IMPORTS, UNKNOWN)
            and not finding.reaches_users(line)
            for line in more
        ):
            return _Closed(used, before, more)
    return _Closed(used, made)


def _count(finding: Finding, closed: _Closed) -> None:
    """Give the lines their roles in the accounts, whatever their names are."""
    if not closed.is_column:
        finding.import_rows = closed.imports
    finding.column_lines, finding.row_lines = (
        tuple(_counted(finding, line, closed, columns=columns) for line in lines)
        for lines, columns in ((finding.column_lines, True), (finding.row_lines, False))
    )


def _counted(finding: Finding, line: Line, closed: _Closed, *, columns: bool) -> Line:
    """Return a line with its role in the account of its side."""
    role, account = line.role, closed.used if columns else closed.made
    is_inside = not line.parts and line.position <= account.end
    values = finding.values(line, columns=columns)
    if line is account.line:
        role = Role(OUTPUT)
    elif (line in closed.imports and closed.is_column == columns) or (
        columns
        and is_inside
        and role.name in (TAXES, UNKNOWN)
        and values.max() <= 0 > values.min()
    ):
        role = Role(IMPORTS)
    is_beyond = line.position > account.end and role.name != EMISSIONS
    return replace(line, role=role, is_beyond=is_beyond)


def gap_of(one: np.ndarray, other: np.ndarray) -> float:
    """Return how far numbers miss others, as a share of the sum of these."""
    size = float(np.abs(other).sum())
    return float(np.abs(one - other).sum()) / size if size else 1.0
