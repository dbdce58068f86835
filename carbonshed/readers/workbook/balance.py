"""Gates at ingest: rows and columns against published output and value added.

What rows deliver and what columns receive are the output of a producer. A map that
takes a wrong block, a wrong sheet or a wrong unit breaks one of the two.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.workbook.readings import (
    MOST,
    Sums,
    other_readings,
    share_missed,
)
from carbonshed.text import listing

# of a gap and ``row`` or ``column``: the unread lines that it is made of
Closing = Callable[[np.ndarray, str], Sequence[object]]

_FLOOR = 0.2  # of the mean output: smaller producers are held to this size
_MOST_NAMED = 5
_EXACT = 1e-9  # share of output: a smaller gap is none
_WORDS = {
    "row_balance": ("row by row, deliveries miss", "the published output"),
    "column_balance": ("column by column, inputs and value added miss", "output"),
}
_NEAR_GDP, _MOST_OF_GDP = 2.0, 30.0  # beyond the second it is a wrong unit


def check_balance(
    sums: Sums,
    accept: frozenset[str],
    where: str,
    label: Callable[[int], str],
    closing: Closing = lambda gap, kind: [],
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
    closing
        Returns the unread rows or columns that a gap is made of.

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
    decisions = [
        _compare(sums, *compared, accept, where, label, closing)
        for compared in _comparisons(sums)
    ]
    if not decisions:
        text = (
            "WARNING: neither output nor value added is given: nothing says whether "
            "the rows are domestic, or the blocks the right ones"
        )
        decisions.append(Decision("nothing_to_check", text))
    return decisions


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
    closing: Closing,
) -> Decision:
    def hint() -> str:
        reading = next((f"; {fits}" for fits in other_readings(sums, gate)), "")
        lines = _closing(sums, gate, found, output, closing)
        if not lines:
            return reading
        return f"{reading}; {_named(lines)}, which the map does not read, would close"

    what, of = _WORDS[gate]
    return _gate(
        (gate, gate),
        f"{what} {of}",
        (found, output),
        accept,
        where,
        label,
        hint=hint,
        expected=f"{MOST:.0%} of each",
    )


def name_closing(
    sums: Sums, closing: Closing, where: str
) -> tuple[list[Decision], list]:
    """Return a WARNING for each gap that unread lines close, and these lines.

    A gap that the gates let pass may be a whole line: changes in inventories, or taxes.
    """
    decisions, lines = [], []
    for gate, found, output in _comparisons(sums):
        share = share_missed(found, output)
        named = _closing(sums, gate, found, output, closing) if share > _EXACT else []
        if named:
            what, of = _WORDS[gate]
            text = (
                f"WARNING: {where}: {what} {of} by {share:.3%}, which is "
                f"{_named(named)}: the map does not read it; expected it in a block"
            )
            decisions.append(Decision("unread_line_closes", text))
            lines += named
    return decisions, lines


def _comparisons(sums: Sums) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield what is compared: the gate, what was found, and output."""
    if sums.output is not None:
        yield "row_balance", sums.rows, sums.output
    if sums.columns is not None:
        output = sums.rows if sums.output is None else sums.output
        yield "column_balance", sums.columns, output


def _closing(
    sums: Sums, gate: str, found: np.ndarray, output: np.ndarray, closing: Closing
) -> list:
    """Return the unread lines that a gap is made of."""
    gap = output - found
    kinds = ["column"] if gate == "row_balance" else ["row"]
    if sums.output is None:  # rows stand for it, and may be what lacks
        kinds.append("column")
    return next((lines for kind in kinds if (lines := closing(gap, kind))), [])


def _named(lines: list) -> str:
    return f"the {listing(lines, separator=' and the ')}"


def _gate(
    names: tuple[str, str],
    missed: str,
    pair: tuple[np.ndarray, np.ndarray],
    accept: frozenset[str],
    where: str,
    label: Callable[[int], str],
    *,
    hint: Callable[[], str],
    expected: str,
) -> Decision:
    """Return how well what was found fits; refuse what is far off and not accepted.

    `names` are of the decision and of the gate in `accept`; `pair` is what was found
    and what it should be; `hint` says more in a refusal and may take long.
    """
    (name, gate), (found, wanted) = names, pair
    share, worst = share_missed(found, wanted), far_off(found, wanted)
    text = f"{missed} by {share:.3%}"
    if len(worst):
        shown = (
            f"{label(int(k))} ({found[k]:,.6g} for {wanted[k]:,.6g})" for k in worst
        )
        text += f"; most at {listing(shown, _MOST_NAMED)}"
    if share <= MOST and not len(worst):
        return Decision(name, text)
    if gate in accept:
        return Decision(name, f"WARNING: {text} (accepted in the map)")
    raise CarbonshedError(
        f"{where}: {text}{hint()}; expected at most {expected}. If the "
        f"publisher's table is so, the map may say `accept: [{gate}]`"
    )


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
    said = name.replace("_", " ")
    return _gate(
        (f"{name}_check", f"{name}_balance"),
        f"{said} misses the published {said}",
        (found, published),
        accept,
        where,
        label,
        hint=lambda: f" (`check.{name}`)",
        expected=f"{MOST:.0%}",
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
