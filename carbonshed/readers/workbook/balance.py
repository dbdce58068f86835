"""Gates at ingest: rows and columns against published output and value added.

What rows deliver and what columns receive are the output of a producer. A map that
takes a wrong block, a wrong sheet or a wrong unit breaks one of the two.
"""

from collections.abc import Callable

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

_FLOOR = 0.2  # of the mean output: smaller producers are held to this size
_MOST_NAMED = 5
_NEAR_GDP, _MOST_OF_GDP = 2.0, 30.0  # beyond the second it is a wrong unit


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
    return _gate(
        (gate, gate),
        f"{what} {of}",
        (found, output),
        accept,
        where,
        label,
        hint=lambda: next((f"; {fits}" for fits in other_readings(sums, gate)), ""),
        expected=f"{MOST:.0%} of each",
    )


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
