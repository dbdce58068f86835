"""Gates at ingest: rows and columns against published output and value added.

What rows deliver and what columns receive are the output of a producer. A map that
takes a wrong block, a wrong sheet or a wrong unit breaks one of the two.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError

MOST = 0.05  # share of output that rows or columns may miss
_CLOSE = 0.01  # a reading that misses less than this fits
_FLOOR = 0.2  # of the mean output: smaller producers are held to this size
_POWERS = (3, -3, 6, -6, 1, -1, 2, -2, 4, -4, 9, -9)
_MOST_NAMED = 5
_NEAR_GDP, _MOST_OF_GDP = 2.0, 30.0  # beyond the second it is a wrong unit


@dataclass(frozen=True)
class Sums:
    """The sums of a table by producer, in table units, each of shape (n,).

    Attributes
    ----------
    sales, inputs
        Row sums and column sums of the transactions.
    demand
        Row sums of final demand, with the discrepancy.
    exports
        Deliveries abroad.
    output
        As published; None if it is not.
    value_added
        All components; None if there are none.
    imports_by_buyer, imports_by_product
        Purchases from abroad; None if not known.
    is_total
        The cells hold imports too.
    """

    sales: np.ndarray
    inputs: np.ndarray
    demand: np.ndarray
    exports: np.ndarray
    output: np.ndarray | None = None
    value_added: np.ndarray | None = None
    imports_by_buyer: np.ndarray | None = None
    imports_by_product: np.ndarray | None = None
    is_total: bool = False

    @property
    def rows(self) -> np.ndarray:
        """Output as rows say it."""
        use = self.sales + self.demand + self.exports
        if self.is_total and self.imports_by_product is not None:
            return use - self.imports_by_product
        return use

    @property
    def columns(self) -> np.ndarray | None:
        """Output as columns say it; None without value added."""
        if self.value_added is None:
            return None
        bought = self.inputs + self.value_added
        if self.is_total or self.imports_by_buyer is None:
            return bought
        return bought + self.imports_by_buyer


def check_balance(
    sums: Sums,
    accept: frozenset[str],
    where: str,
    label: Callable[[int], str],
) -> list[Decision]:
    """Compare rows and columns with output.

    Parameters
    ----------
    sums
        The sums of the table.
    accept
        Gates that are waived: ``row_balance``, ``column_balance``.
    where
        File and sheet, for messages.
    label
        Name of a producer.

    Returns
    -------
    list of Decision
        How well rows and columns close.

    Raises
    ------
    CarbonshedError
        If either misses more than `MOST` of output, in all or of a producer, and that
        is not accepted; the message says which other reading would fit.
    """
    decisions = []
    if sums.output is not None:
        decisions.append(
            _compare(sums, "row_balance", sums.rows, sums.output, accept, where, label)
        )
    columns = sums.columns
    if columns is not None:
        output = sums.rows if sums.output is None else sums.output
        decisions.append(
            _compare(sums, "column_balance", columns, output, accept, where, label)
        )
    if not decisions:
        text = (
            "WARNING: neither output nor value added is given: nothing says whether "
            "the rows are domestic, or the blocks the right ones"
        )
        decisions.append(Decision("nothing_to_check", text))
    return decisions


def share_missed(found: np.ndarray, output: np.ndarray) -> float:
    """Return the sum of all gaps as a share of output."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(np.abs(output).sum())
        gap = float(np.abs(found - output).sum())
    if gap == 0:
        return 0.0
    return gap / total if total else np.inf


def far_off(found: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return the producers that miss more than `MOST`, the largest gap first.

    Small producers are held to a part of the mean, so that rounding of the printed
    numbers does not count.
    """
    size = np.abs(output)
    gap = np.abs(found - output)
    floor = _FLOOR * float(size.mean()) if size.size else 0.0
    order = np.argsort(-gap, kind="stable")
    return order[gap[order] > MOST * np.maximum(size, floor)[order]]


def _compare(
    sums: Sums,
    gate: str,
    found: np.ndarray,
    output: np.ndarray,
    accept: frozenset[str],
    where: str,
    label: Callable[[int], str],
) -> Decision:
    what, of = (
        ("row by row, deliveries miss", "the published output")
        if gate == "row_balance"
        else ("column by column, inputs and value added miss", "output")
    )
    share, worst = share_missed(found, output), far_off(found, output)
    text = f"{what} {of} by {share:.3%}"
    if len(worst):
        text += f"; most at {_named(found, output, worst, label)}"
    if share <= MOST and not len(worst):
        return Decision(gate, text)
    if gate in accept:
        return Decision(gate, f"WARNING: {text} (accepted in the map)")
    fits = next(_other_readings(sums, gate), "")
    advice = f"; {fits}" if fits else ""
    raise CarbonshedError(
        f"{where}: {text}{advice}; expected at most {MOST:.0%} of each. If the "
        f"publisher's table is so, the map may say `accept: [{gate}]`"
    )


def _named(
    found: np.ndarray, output: np.ndarray, worst: np.ndarray, label: Callable
) -> str:
    parts = [
        f"{label(int(k))} ({found[k]:,.6g} for {output[k]:,.6g})"
        for k in worst[:_MOST_NAMED]
    ]
    left = len(worst) - len(parts)
    return ", ".join(parts) + (f" and {left:,} more" if left > 0 else "")


def _other_readings(sums: Sums, gate: str) -> Iterator[str]:
    """Yield the readings of the table that would close, in words."""
    turned = replace(sums, sales=sums.inputs, inputs=sums.sales)
    if _fits(turned):
        yield (
            "with rows and columns of `transactions` exchanged it would close: "
            "expected producers in rows, buyers in columns"
        )
    if sums.is_total and _fits(replace(sums, is_total=False)):
        yield "the cells seem to be domestic: take `cells: total` out of the map"
    yield from _units(sums, gate)
    yield from _imports_inside(sums, gate)
    if gate == "column_balance" and sums.columns is not None:
        output = sums.rows if sums.output is None else sums.output
        lacking = float((output - sums.columns).sum() / (output.sum() or 1.0))
        if lacking > _CLOSE and (output >= sums.columns).mean() > 0.8:
            yield (
                f"{lacking:.1%} of the inputs are lacking: is a row of imports, of "
                "taxes on products or of value added not in the map?"
            )


def _imports_inside(sums: Sums, gate: str) -> Iterator[str]:
    """Yield the readings where the cells hold imports, or rows are products."""
    if sums.is_total:
        return
    if sums.output is None:
        if sums.value_added is None:
            return
        own = sums.inputs + sums.value_added
        extra = float((sums.rows - own).sum() / (own.sum() or 1.0))
        if extra > _CLOSE and sums.imports_by_buyer is None:
            yield (
                f"rows deliver {extra:.1%} more than columns receive: if the cells "
                "hold imports too, say `cells: total` and give `imports`"
            )
        return
    over = sums.rows - sums.output
    inputs = sums.inputs + (0 if sums.value_added is None else sums.value_added)
    closes = sums.value_added is not None and (
        share_missed(inputs, sums.output) <= MOST
    )
    if gate == "row_balance":
        both_ways = min(over.clip(min=0).sum(), -over.clip(max=0).sum())
        if closes and both_ways > 0.1 * np.abs(over).sum():
            yield (
                "columns close and rows do not, in both directions: this looks like a "
                "use table (products by industries), which goes in with its supply "
                "table as `supply` and `use`"
            )
        elif over.sum() > 0 and (over >= -1e-6 * np.abs(sums.output)).mean() > 0.8:
            yield (
                f"rows are {over.sum() / sums.output.sum():.1%} above output: the "
                "cells seem to hold imports too: say `cells: total` and give "
                "`imports`, a column by product or an import matrix"
            )
    elif closes and sums.imports_by_buyer is not None:
        yield (
            "without `imports` the columns close: the cells seem to hold imports too: "
            "say `cells: total` and give `imports` by product"
        )


def _units(sums: Sums, gate: str) -> Iterator[str]:
    """Yield the power of ten by which one part is off."""
    for power in _POWERS:
        factor = 10.0**power
        if gate == "row_balance" and sums.output is not None:
            if share_missed(sums.rows, sums.output * factor) <= MOST:
                yield (
                    f"the published output times 10^{power} would fit: it is in "
                    "another unit than the cells"
                )
        elif sums.value_added is not None:
            scaled = replace(sums, value_added=sums.value_added * factor)
            output = sums.rows if sums.output is None else sums.output
            if scaled.columns is not None and (
                share_missed(scaled.columns, output) <= _CLOSE
            ):
                yield (
                    f"value added times 10^{power} would fit: it is in another unit "
                    "than the cells"
                )


def _fits(sums: Sums) -> bool:
    """Return whether both identities of a reading close."""
    columns = sums.columns
    if sums.output is not None and share_missed(sums.rows, sums.output) > _CLOSE:
        return False
    output = sums.rows if sums.output is None else sums.output
    return columns is None or share_missed(columns, output) <= MOST


def check_published(
    name: str,
    found: np.ndarray,
    published: np.ndarray,
    accept: frozenset[str],
    where: str,
    label: Callable[[int], str],
) -> Decision:
    """Compare what was read with a published total of it.

    Raises
    ------
    CarbonshedError
        If it misses more than `MOST` and ``NAME_balance`` is not accepted.
    """
    share, worst = share_missed(found, published), far_off(found, published)
    said = name.replace("_", " ")
    text = f"{said} misses the published {said} by {share:.3%}"
    if len(worst):
        text += f"; most at {_named(found, published, worst, label)}"
    if share <= MOST and not len(worst):
        return Decision(f"{name}_check", text)
    if f"{name}_balance" in accept:
        return Decision(f"{name}_check", f"WARNING: {text} (accepted in the map)")
    raise CarbonshedError(
        f"{where}: {text} (`check.{name}`); expected at most {MOST:.0%}. If the "
        f"publisher's table is so, the map may say `accept: [{name}_balance]`"
    )


def check_gdp(
    value_added: np.ndarray, gdp: list[float | None], unit: float, where: str
) -> Decision | None:
    """Compare all value added with all GDP; None if value added is not above 0.

    Raises
    ------
    CarbonshedError
        If they are far from each other: a money unit that is wrong.
    """
    known = [money for money in gdp if money]
    total = float(value_added.sum()) * unit
    if len(known) != len(gdp):
        text = (
            "`currency_unit` is not checked: GDP in the map or in --indicators would "
            "tell a wrong unit"
        )
        return Decision("gdp", text)
    ratio = total / sum(known)
    if not 0 < ratio < np.inf:
        return None
    text = f"value added is {ratio:.3g} times the GDP of the indicators"
    if 1 / _MOST_OF_GDP <= ratio <= _MOST_OF_GDP:
        is_near = 1 / _NEAR_GDP <= ratio <= _NEAR_GDP
        return Decision("gdp", text if is_near else f"WARNING: {text}")
    power = -round(np.log10(ratio))
    raise CarbonshedError(
        f"{where}: {text} with `currency_unit: {unit:.10g}`; times 10^{power} would "
        "fit. Expected GDP in single currency units, and the unit of the table; if "
        "both are right, the map may say `accept: [gdp]`"
    )
