"""Gates at ingest, which compare a table with published totals.

The deliveries of a row and the inputs of a column both add up to the output of a
producer. A map that takes a wrong block, a wrong sheet or a wrong unit breaks one of
the two sums; some other reading of the table may close. A map may also miss imports of
final users, or exports.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from carbonshed.accounting.closure import (
    MAX_GAP,
    SAME_TOTAL,
    far_off,
    is_off,
    require_sum,
    share_missed,
)
from carbonshed.accounting.known_totals import Waiver, check_nation, check_world
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.workbooks import cell_name
from carbonshed.readers.vocabulary import EXPORTS, mass_of, role_of
from carbonshed.readers.workbook.addresses import Summands
from carbonshed.readers.workbook.axes import Used
from carbonshed.readers.workbook.blocks import BlockReader
from carbonshed.readers.workbook.map import Plan
from carbonshed.readers.workbook.symmetric_table import Parts
from carbonshed.readers.workbook.unread_numbers import Unread
from carbonshed.text import listing

_CLOSE = 0.01  # a reading that misses less than this fits
_POWERS = (3, -3, 6, -6, 1, -1, 2, -2, 4, -4, 9, -9)

_MAX_NAMES = 5
_EXACT = 5e-6  # share of output: a smaller gap is printed as 0.000 %
_WORDS = {
    "row_balance": ("row by row, deliveries miss", "the published output"),
    "column_balance": ("column by column, inputs and value added miss", "output"),
}
_PLAUSIBLE_GDP_RATIO, _MAX_GDP_RATIO = 2.0, 30.0  # beyond the second it is a wrong unit
_GATE = "imports_balance"
_WORLD = "WLD"
_MAX_RATIO = 3  # times what final users buy from own producers
_IMPORTS = re.compile(r"blocks\.imports(?!_)")
_OF_USERS = "blocks.imports_of_final_users"
_EMISSIONS = re.compile(r"blocks\.emissions\.([^.\[]+)")
_ALL_EMISSIONS = re.compile(r"blocks\.(?:direct_)?emissions\.([^.\[]+)")
# (kt), [Gg CO2], and at the end: ", kt", "in kt"
_UNIT_IN_LABEL = re.compile(r"[(\[]([^()\[\]]+)[)\]]|(?:[,:;]|\bin\b)\s*([^,:;]+)$")


def other_readings(parts: Parts, gate: str) -> Iterator[str]:
    """Yield the readings of the table that would close, in words."""
    if _fits(replace(parts, transactions=parts.transactions.T)):
        yield (
            "with rows and columns of `transactions` exchanged it would close: "
            "expected producers in rows, buyers in columns"
        )
    if parts.is_total and _fits(replace(parts, is_total=False)):
        yield "the cells seem to be domestic: take `cells: total` out of the map"
    for name in ("error", *(["imports_by_product"] if parts.is_total else [])):
        vector = getattr(parts, name)
        if vector is not None and _fits(replace(parts, **{name: -vector})):
            yield (
                f"with the other sign of `{name.partition('_')[0]}` it would close: "
                "say `sign: -1`, or take it out"
            )
    yield from _units(parts, gate)
    yield from _imports_inside(parts, gate)
    columns, output = parts.columns, parts.any_output
    if gate == "column_balance" and columns is not None:
        lacking = float((output - columns).sum() / (output.sum() or 1.0))
        if lacking > _CLOSE and (output >= columns).mean() > 0.8:
            yield (
                f"{lacking:.1%} of the inputs are lacking: is a row of imports, of "
                "taxes on products or of value added not in the map?"
            )


def _imports_inside(parts: Parts, gate: str) -> Iterator[str]:
    """Yield the readings where the cells hold imports, or rows are products."""
    added = parts.all_value_added
    if parts.is_total or (parts.output is None and added is None):
        return
    own = parts.transactions.sum(axis=0) + (0 if added is None else added)
    if parts.output is None:
        extra = float((parts.rows - own).sum() / (own.sum() or 1.0))
        if extra > _CLOSE and parts.imports_by_buyer is None:
            yield (
                f"rows deliver {extra:.1%} more than columns receive: if the cells "
                "hold imports too, say `cells: total` and give `imports`"
            )
        return
    over = parts.rows - parts.output
    closes = added is not None and share_missed(own, parts.output) <= MAX_GAP
    if gate == "row_balance":
        both_ways = min(over.clip(min=0).sum(), -over.clip(max=0).sum())
        if closes and both_ways > 0.1 * np.abs(over).sum():
            yield (
                "columns close and rows do not, in both directions: this looks like a "
                "use table (products by industries), which goes in with its supply "
                "table as `supply` and `use`"
            )
        elif over.sum() > 0 and _is_mostly_above(over, parts.output):
            yield (
                f"rows are {over.sum() / parts.output.sum():.1%} above output: the "
                "cells seem to hold imports too: say `cells: total` and give "
                "`imports`, a column by product or an import matrix"
            )
    elif closes and parts.imports_by_buyer is not None:
        yield (
            "without `imports` the columns close: the cells seem to hold imports too: "
            "say `cells: total` and give `imports` by product"
        )


def _units(parts: Parts, gate: str) -> Iterator[str]:
    """Yield the power of ten by which one part is off."""
    output, rows, columns = parts.output, parts.rows, parts.columns
    added = parts.all_value_added
    for power in _POWERS:
        factor = 10.0**power
        if gate == "row_balance" and output is not None:
            if share_missed(rows, output * factor) <= MAX_GAP:
                yield (
                    f"the published output times 10^{power} would fit: it is in "
                    "another unit than the cells"
                )
        elif added is not None:
            scaled = columns + (factor - 1) * added
            if share_missed(scaled, parts.any_output) <= _CLOSE:
                yield (
                    f"value added times 10^{power} would fit: it is in another unit "
                    "than the cells"
                )


def _fits(parts: Parts) -> bool:
    """Return whether both identities of a reading close."""
    columns = parts.columns
    if parts.output is not None and share_missed(parts.rows, parts.output) > _CLOSE:
        return False
    return columns is None or share_missed(columns, parts.any_output) <= MAX_GAP


def _is_mostly_above(gap: np.ndarray, output: np.ndarray) -> bool:
    """Return whether more than four fifths of the producers have no negative gap."""
    return (gap >= -SAME_TOTAL * np.abs(output)).mean() > 0.8


@dataclass(frozen=True)
class Gates:
    """The comparisons of a table with totals, and those that the map waives."""

    accept: frozenset[str]
    where: str  # the main sheet
    labels: list[str]  # labels of the producers

    def balance(self, parts: Parts, unread: Unread) -> list[Decision]:
        """Compare rows and columns with output."""
        decisions = [
            self._compare(
                (gate, gate),
                " ".join(_WORDS[gate]),
                total,
                output,
                partial(_hint, parts, gate, total, output, unread),
                f"{MAX_GAP:.0%} of each",
            )
            for gate, total, output in _comparisons(parts)
        ]
        if not decisions:
            text = (
                "WARNING: neither output nor value added is given, so that rows and "
                "blocks are not checked"
            )
            decisions.append(Decision("nothing_to_check", text))
        return decisions

    def published(self, name: str, own: np.ndarray, published: np.ndarray) -> Decision:
        """Compare what was read with a published total of it."""
        title = name.replace("_", " ")
        return self._compare(
            (f"{name}_check", f"{name}_balance"),
            f"{title} misses the published {title}",
            own,
            published,
            lambda: f" (`check.{name}`)",
            f"{MAX_GAP:.0%}",
        )

    def _compare(
        self,
        names: tuple[str, str],
        missed: str,
        amounts: np.ndarray,
        targets: np.ndarray,
        hint: Callable[[], str],
        expected: str,
    ) -> Decision:
        """Return the gap between two amounts; refuse a large one.

        `names` are of the decision and of the gate in `accept`; `hint` adds to a
        refusal and may take long.
        """
        name, gate = names
        share, worst = share_missed(amounts, targets), far_off(amounts, targets)
        text = f"{missed} by {share:.3%}"
        if len(worst):
            shown = (
                f"{self.labels[k]} ({amounts[k]:,.6g} for {targets[k]:,.6g})"
                for k in worst.tolist()
            )
            text += f"; most at {listing(shown, _MAX_NAMES)}"
        if share <= MAX_GAP and not len(worst):
            return Decision(name, text)
        if gate in self.accept:
            return Decision(name, f"WARNING: {text} (accepted in the map)")
        raise CarbonshedError(
            f"{self.where}: {text}{hint()}; expected at most {expected}. If the "
            f"publisher's table is so, the map may say `accept: [{gate}]`"
        )


def _hint(
    parts: Parts, gate: str, total: np.ndarray, output: np.ndarray, unread: Unread
) -> str:
    """Return the reading of the table, and the unread lines, that close a gap."""
    reading = next((f"; {fits}" for fits in other_readings(parts, gate)), "")
    lines = _closing(parts, gate, total, output, unread)
    if not lines:
        return reading
    return f"{reading}; {_named(lines)}, not read by the map, would close the gap"


def name_closing(
    parts: Parts, unread: Unread, where: str
) -> tuple[list[Decision], list]:
    """Return a WARNING for each gap that unread lines close, and these lines.

    A gap that the gates let pass may be a whole line: changes in inventories, or taxes.
    """
    decisions, lines = [], []
    for gate, total, output in _comparisons(parts):
        share = share_missed(total, output)
        named = _closing(parts, gate, total, output, unread) if share > _EXACT else []
        if named:
            text = (
                f"WARNING: {where}: {' '.join(_WORDS[gate])} by {share:.3%}, which is "
                f"{_named(named)}: the map does not read it; expected it in a block"
            )
            decisions.append(Decision("unread_line_closes", text))
            lines += named
    return decisions, lines


def _comparisons(parts: Parts) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield each gate with the sum that it compares and the output."""
    if parts.output is not None:
        yield "row_balance", parts.rows, parts.output
    if parts.columns is not None:
        yield "column_balance", parts.columns, parts.any_output


def _closing(
    parts: Parts, gate: str, total: np.ndarray, output: np.ndarray, unread: Unread
) -> list:
    """Return the unread lines that make up a gap."""
    kinds = ["column"] if gate == "row_balance" else ["row"]
    if parts.output is None:  # rows stand in for output, and may lack a column
        kinds.append("column")
    return next(
        (x for kind in kinds if (x := unread.closing(output - total, kind))), []
    )


def _named(lines: list) -> str:
    return f"the {listing(lines, separator=' and the ')}"


def check_money(
    plan: Plan, value_added: np.ndarray | None, where: str
) -> Decision | None:
    """Compare all value added with all GDP; None if value added is not above 0.

    Without both, a WARNING says that nothing checks the unit of money: not of a table
    that is invented, or whose totals are compared with those of the world.
    """
    gdp, unit = plan.labels.gdp, plan.descriptor["mrio"]["currency_unit"]
    gdp_by_region = [money for money in gdp if money]
    if value_added is None or len(gdp_by_region) != len(gdp):
        if plan.map.synthetic or plan.map.country == _WORLD:
            return None
        text = (
            f"WARNING: `currency_unit: {unit:.10g}` is not checked: that takes value "
            "added, and GDP in the map or in --indicators"
        )
        return Decision("gdp", text)
    total = float(value_added.sum()) * unit
    ratio = total / sum(gdp_by_region)
    if not 0 < ratio < np.inf:
        return None
    text = f"value added is {ratio:.3g} times the GDP of the indicators"
    if 1 / _MAX_GDP_RATIO <= ratio <= _MAX_GDP_RATIO:
        is_near = 1 / _PLAUSIBLE_GDP_RATIO <= ratio <= _PLAUSIBLE_GDP_RATIO
        return Decision("gdp", text if is_near else f"WARNING: {text}")
    power = -round(np.log10(ratio))
    raise CarbonshedError(
        f"{where}: {text} with `currency_unit: {unit:.10g}`; times 10^{power} would "
        "fit. Expected GDP in single currency units, and the unit of the table; if "
        "both are right, the map may say `accept: [gdp]`"
    )


def check_known_totals(
    plan: Plan, table: MatrixTable, where: str
) -> Iterator[Decision]:
    """Compare a table, if it is not invented, with what is known of its country."""
    if plan.map.synthetic:
        return
    if plan.map.country != _WORLD:
        yield from check_nation(table)
        return
    if plan.is_shipped:
        part = Waiver("world_co2" in plan.map.accept, "--accept co2-total")
        yield from check_world(table, where, carbon=part)
        return
    money, carbon = (
        Waiver(gate in plan.map.accept, f"`accept: [{gate}]` in the map")
        for gate in ("gdp", "world_co2")
    )
    yield from check_world(table, where, money=money, carbon=carbon)


def check_exports(plan: Plan, reader: BlockReader, parts: Parts) -> Iterator[Decision]:
    """Yield a WARNING where a nation exports nothing."""
    country = plan.descriptor["mrio"]["country"]
    is_read = "exports" in plan.layout.vectors and parts.exports is not None
    if country == _WORLD or (is_read and parts.exports.any()):
        return
    text = (
        f"WARNING: no exports: all output counts as used in the country {country}; "
        "expected the column of exports as `exports`, and not as a category"
    )
    named = sorted(set(_read_as_categories(plan, reader)))
    if named:
        text += f"; by its header an export is {listing(named)}"
    yield Decision("no_exports", text)


def _read_as_categories(plan: Plan, reader: BlockReader) -> list[str]:
    """Return the categories whose headers are words of exports."""
    ids = [row["category_id"] for row in plan.labels.rows["categories"]]
    key = plan.layout.blocks["final_demand"].key
    categories = []
    for used in reader.used:
        if used.key != key or used.across is None:
            continue
        axis = used.across
        for position, index in axis.index_by_position.items():
            texts = used.above.texts_of(position, used.rows[0])
            if role_of(tuple(texts)).name == EXPORTS:
                category = ids[index % plan.labels.categories.n_inner]
                categories.append(f"the category {category!r}")
    return categories


def check_imports_of_users(
    plan: Plan, reader: BlockReader, parts: Parts, unread: Unread
) -> Iterator[Decision]:
    """Compare imports of final users with the row of imports of sectors."""
    if plan.map.is_total or plan.map.is_supply_and_use:
        return
    taken = parts.imports_by_user
    if taken is not None:
        yield from _same_row(plan, reader, parts)
    lines = [line for line in unread.going_on if any(map(_IMPORTS.match, line.keys))]
    if lines:
        rest = np.sum([line.by_index() for line in lines], axis=0)
        named = listing(lines, 4, separator="; ")
        sheet = lines[0].sheet
        if taken is None:
            text = (
                f"WARNING: {sheet}: the imports of sectors go on under final demand, "
                f"and the map does not read them there: {named}; expected "
                "`imports_of_final_users`, without which footprints are of domestic "
                "products alone"
            )
            yield Decision("imports_of_users", text)
        elif share_missed(rest, taken) > MAX_GAP:
            text = (
                f"WARNING: {sheet}: `imports_of_final_users` are {taken.sum():,.6g}, "
                f"and the imports of sectors go on under final demand with others: "
                f"{named}"
            )
            yield Decision("imports_of_users", text)
    elif (
        taken is None
        and _is_any(parts.imports_by_buyer)
        and _GATE not in plan.map.accept
    ):
        text = (
            "WARNING: the map reads imports of sectors, and none of final users, whose"
            " footprints are then of domestic products alone: are they on another"
            " sheet, for `imports_of_final_users`? If they are not published, the map"
            f" may say `accept: [{_GATE}]`"
        )
        yield Decision("imports_of_users", text)
    bought = float(parts.final_demand.sum())
    if taken is not None and bought > 0 and float(taken.sum()) > _MAX_RATIO * bought:
        text = (
            f"WARNING: `imports_of_final_users` are {taken.sum() / bought:.3g} times "
            "what final users buy from own producers: is it the row of imports, and in "
            "the unit of the cells?"
        )
        yield Decision("imports_of_users", text)


def check_sums(
    plan: Plan, reader: BlockReader, parts: Parts, labels: list[str]
) -> tuple[dict[str, np.ndarray], list[Decision]]:
    """Return the printed sums of a table, and what they add up.

    Refuse one that is off by more than `SAME_TOTAL` of its terms; where the map says
    that the publisher's may be, it is a WARNING.
    """
    sums: dict[str, np.ndarray] = {}
    decisions, right = [], []
    for name, terms in plan.layout.sums.items():
        key, rule = f"check.sums.{name}", plan.map.check.sums[name]
        count = len(reader.used)
        sums[name] = printed = reader.vector(terms, plan.labels.sectors)
        cells = _cells_of(reader.used[count:])
        blocks = _blocks_of(plan, parts, is_column=bool(rule.column))
        readings = {
            _in_words(of): _added(blocks, of, f"{plan.file}: `{key}`")
            for of in filter(None, (rule.of, rule.or_of))
        }
        words = min(readings, key=lambda of: is_off(printed, *readings[of]).sum())
        added, size = readings[words]
        try:
            require_sum(
                name,
                printed,
                added,
                listing(readings, separator=" or "),
                size,
                reader.where,
                lambda k, cells=cells: f"{labels[k]} ({cells.get(k, 'not printed')})",
            )
        except CarbonshedError as error:
            if not rule.warn:
                raise
            decisions.append(Decision("printed_sums", f"WARNING: {error}"))
        else:
            right.append(f"{name} is {words}")
    if right:
        text = f"printed sums are right: {listing(right, separator='; ')}"
        decisions.append(Decision("printed_sums", text))
    return sums, decisions


def _blocks_of(plan: Plan, parts: Parts, *, is_column: bool) -> dict[str, np.ndarray]:
    """Return what a printed column, or row, may add up, (n,) or (n, lines), by name."""
    flows, blocks = parts.transactions, dict[str, np.ndarray | None]()
    if is_column:
        categories = plan.labels.rows["categories"][: plan.labels.categories.n_inner]
        users = parts.final_demand.reshape(len(flows), -1, len(categories))
        for k, category in enumerate(categories):
            blocks[category["category_id"]] = users[:, :, k]
        blocks |= {"transactions": flows, "final_demand": parts.final_demand}
        blocks |= {"imports": parts.imports_by_product}
        blocks |= {"exports": parts.exports, "error": parts.error}
    else:
        added = [*parts.value_added.values()]
        blocks |= parts.value_added
        blocks["value_added"] = np.stack(added, axis=1) if added else None
        blocks |= {"transactions": flows.T, "imports": parts.imports_by_buyer}
    blocks["output"] = parts.output
    return {name: block for name, block in blocks.items() if block is not None}


def _added(
    blocks: dict[str, np.ndarray], of: Summands, key: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of blocks by producer, and that of the sizes of its terms."""
    unknown = [name for name, _ in of if name not in blocks]
    if unknown:
        raise CarbonshedError(
            f"{key} adds up {listing(unknown)}; expected blocks of the map, "
            f"{listing(blocks)}"
        )
    terms = [(sign, blocks[name].reshape(len(blocks[name]), -1)) for name, sign in of]
    added = sum(sign * block.sum(axis=1) for sign, block in terms)
    return added, sum(np.abs(block).sum(axis=1) for _, block in terms)


def _in_words(of: Summands) -> str:
    """Return blocks as a sum: transactions + final_demand - imports."""
    words = "".join(f" {'-' if sign < 0 else '+'} {name}" for name, sign in of)
    return words.removeprefix(" + ")


def _cells_of(lines: Iterable[Used]) -> dict[int, str]:
    """Return the cell of each producer, in the last of several lines."""
    cells = {}
    for line in lines:
        axis = line.down or line.across
        for position, index in axis.index_by_position.items():
            cell = (
                (position, line.columns[-1]) if line.down else (line.rows[-1], position)
            )
            cells[index] = cell_name(*cell)
    return cells


def _is_any(amounts: np.ndarray | None) -> bool:
    return amounts is not None and bool(amounts.any())


def _same_row(plan: Plan, reader: BlockReader, parts: Parts) -> Iterator[Decision]:
    """Compare the row that is taken for final users, under the sectors."""
    imports = parts.imports_by_buyer
    row = _under_sectors(plan, reader)
    if imports is None or row is None or not row.any():
        return
    if share_missed(row, imports) <= MAX_GAP:
        return
    text = (
        f"{reader.where}: the line that `imports_of_final_users` reads holds "
        f"{row.sum():,.6g} under the sectors, and their `imports` are "
        f"{imports.sum():,.6g}"
    )
    if _GATE not in plan.map.accept:
        raise CarbonshedError(
            f"{text}; expected the row of imports for both. If the publisher's table "
            f"is so, the map may say `accept: [{_GATE}]`"
        )
    yield Decision("imports_of_users", f"WARNING: {text} (accepted in the map)")


def _under_sectors(plan: Plan, reader: BlockReader) -> np.ndarray | None:
    """Return the row of imports of final users by sector, None if it is no such row."""
    key = plan.layout.blocks[plan.main].key
    main = {used.sheet: used for used in reader.used if used.key == key}
    total = np.zeros(plan.labels.sectors.length)
    for used in reader.used:
        if not used.key.startswith(_OF_USERS):
            continue
        block = main.get(used.sheet)
        if block is None or block.across is None or used.across is None:
            return None
        row = sum(
            used.grid.amounts((row, column) for column in block.columns)
            for row in used.rows
        )
        total += used.sign * block.across.gather(row)
    return total


def check_emissions_of_users(
    unread: Unread, direct: dict[str, np.ndarray]
) -> Iterator[Decision]:
    """Yield a WARNING where emissions of sectors go on under final demand, unread."""
    for line in unread.going_on:
        names = [match[1] for match in map(_EMISSIONS.match, line.keys) if match]
        if names and names[0] not in direct:
            text = (
                f"WARNING: {line.sheet}: emissions of {names[0]} go on under final "
                f"demand, and the map does not read them there: {line}; expected them "
                "as `direct_emissions`"
            )
            yield Decision("emissions_of_users", text)


def check_units_of_emissions(plan: Plan, used: Iterable[Used]) -> Iterator[Decision]:
    """Yield a WARNING where a label of emissions names another unit than the map."""
    units = {row["stressor_id"]: row["unit"] for row in plan.labels.rows["stressors"]}
    for line in used:
        match = _ALL_EMISSIONS.match(line.key)
        unit = units[match[1]] if match else None
        if unit not in TONNES_PER_UNIT:
            continue
        for label in _labels_of(line):
            written = (part[part.lastindex] for part in _UNIT_IN_LABEL.finditer(label))
            sizes = [
                factor * TONNES_PER_UNIT[mass]
                for mass, factor in filter(None, map(mass_of, written))
            ]
            if sizes and TONNES_PER_UNIT[unit] not in sizes:
                text = (
                    f"WARNING: {line.sheet}: {line.key} is read from {label!r}, and "
                    f"the map says that {match[1]!r} is in {unit}: one of the two "
                    "units is wrong"
                )
                yield Decision("other_unit", text)


def _labels_of(line: Used) -> list[str]:
    """Return the texts before the first number of a row, or above that of a column."""
    if line.down is None:
        cells = product(line.rows, range(line.columns[0]))
    else:
        cells = product(range(line.rows[0]), line.columns)
    return list(filter(None, (line.grid.text(*cell) for cell in cells)))
