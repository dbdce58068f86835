"""Sums of a table, and other readings of it that would close."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from carbonshed.accounting.closure import MAX_GAP, SAME_TOTAL, share_missed

_CLOSE = 0.01  # a reading that misses less than this fits
_POWERS = (3, -3, 6, -6, 1, -1, 2, -2, 4, -4, 9, -9)


@dataclass(frozen=True)
class Sums:
    """The sums of a table by producer, in table units, each of shape (n,)."""

    # row sums and column sums of the transactions
    sales: np.ndarray
    inputs: np.ndarray
    demand: np.ndarray  # row sums of final demand, with the discrepancy
    exports: np.ndarray  # deliveries abroad
    output: np.ndarray | None = None  # as published; None if it is not
    value_added: np.ndarray | None = None  # all components; None if there are none
    # purchases from abroad; None if not known
    imports_by_buyer: np.ndarray | None = None
    imports_by_product: np.ndarray | None = None
    # the discrepancy, which is part of `demand`; None if there is none
    error: np.ndarray | None = None
    is_total: bool = False  # the cells hold imports too

    @property
    def rows(self) -> np.ndarray:
        """Output as the sum of deliveries."""
        use = self.sales + self.demand + self.exports
        if self.is_total and self.imports_by_product is not None:
            return use - self.imports_by_product
        return use

    @property
    def columns(self) -> np.ndarray | None:
        """Output as the sum of inputs; None without value added."""
        if self.value_added is None:
            return None
        bought = self.inputs + self.value_added
        if self.is_total or self.imports_by_buyer is None:
            return bought
        return bought + self.imports_by_buyer


def other_readings(sums: Sums, gate: str) -> Iterator[str]:
    """Yield the readings of the table that would close, in words."""
    turned = replace(sums, sales=sums.inputs, inputs=sums.sales)
    if _fits(turned):
        yield (
            "with rows and columns of `transactions` exchanged it would close: "
            "expected producers in rows, buyers in columns"
        )
    if sums.is_total and _fits(replace(sums, is_total=False)):
        yield "the cells seem to be domestic: take `cells: total` out of the map"
    yield from _signs(sums)
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


def _signs(sums: Sums) -> Iterator[str]:
    """Yield the parts that would have to be taken with the other sign."""
    turned = []
    if sums.error is not None:
        turned.append(("error", replace(sums, demand=sums.demand - 2 * sums.error)))
    if sums.is_total and sums.imports_by_product is not None:
        other = replace(sums, imports_by_product=-sums.imports_by_product)
        turned.append(("imports", other))
    for name, reading in turned:
        if _fits(reading):
            yield (
                f"with the other sign of `{name}` it would close: say `sign: -1`, or "
                "take it out"
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
        share_missed(inputs, sums.output) <= MAX_GAP
    )
    if gate == "row_balance":
        both_ways = min(over.clip(min=0).sum(), -over.clip(max=0).sum())
        if closes and both_ways > 0.1 * np.abs(over).sum():
            yield (
                "columns close and rows do not, in both directions: this looks like a "
                "use table (products by industries), which goes in with its supply "
                "table as `supply` and `use`"
            )
        elif over.sum() > 0 and _is_mostly_above(over, sums.output):
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
            if share_missed(sums.rows, sums.output * factor) <= MAX_GAP:
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
    return columns is None or share_missed(columns, output) <= MAX_GAP


def _is_mostly_above(gap: np.ndarray, output: np.ndarray) -> bool:
    """Return whether more than four fifths of the producers have no negative gap."""
    return (gap >= -SAME_TOTAL * np.abs(output)).mean() > 0.8
