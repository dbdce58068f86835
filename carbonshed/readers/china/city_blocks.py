"""Checks of the blocks of the city table, whose file has no labels.

Pure functions of arrays. Each returns what it read and a decision, or refuses with
what it found and what it expected. `where` begins every message.
"""

import numpy as np

from carbonshed.accounting.closure import MAX_GAP, SAME_TOTAL
from carbonshed.dataset.matrix_table import Decision, iter_contiguous_views
from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.names import FINAL_DEMAND
from carbonshed.text import listing, shape_text

CATEGORIES = tuple(FINAL_DEMAND)
_RURAL, _URBAN, _, _CAPITAL, _STOCKS = range(len(CATEGORIES))

_FAR_FROM_GDP = 3.0


def zero_nan(block: np.ndarray, where: str) -> int:
    """Set NaN to 0 in place; return their number."""
    count = 0
    for part in iter_contiguous_views(block):
        # one sum tells whether all numbers are finite
        if np.isfinite(part.sum()):
            continue
        infinite = int(np.isinf(part).sum())
        if infinite:
            raise CarbonshedError(
                f"{where} holds {infinite} infinite numbers; expected finite ones"
            )
        wrong = np.isnan(part)
        count += int(wrong.sum())
        part[wrong] = 0.0
    return count


def negatives(block: np.ndarray) -> tuple[int, float]:
    """Return the number and the sum of negative cells."""
    count, total = 0, 0.0
    for part in iter_contiguous_views(block):
        wrong = part[part < 0]
        count += wrong.size
        total += float(wrong.sum())
    return count, total


def read_vector(array: np.ndarray, length: int, where: str) -> np.ndarray:
    """Return a row or a column as a vector."""
    if array.size != length or max(array.shape, default=0) != length:
        raise CarbonshedError(
            f"{where} is {shape_text(array.shape)}; expected a row or a column of "
            f"{length}, one number for each row of Z"
        )
    return array.ravel()


def read_imports(
    array: np.ndarray, producers: int, users: int, where: str
) -> tuple[np.ndarray, np.ndarray | None, Decision | None]:
    """Split imports into those of sectors, (producers,), and of final users, (users,).

    `array` is a row, a column, or a matrix of which only the first row is used; another
    length, or a further row that is not empty, is refused. `users` counts categories
    times regions. The decision notes what is odd.
    """
    lengths = (producers, producers + users)
    matrix = np.atleast_2d(array)
    if matrix.shape[1] == 1:
        matrix = matrix.T
    if matrix.shape[1] not in lengths or not len(matrix):
        raise CarbonshedError(
            f"{where} is {shape_text(array.shape)}; expected {lengths[1]} numbers = "
            f"{producers} "
            f"sectors of regions + {users} final users, or the first {lengths[0]} alone"
        )
    further = np.abs(np.nan_to_num(matrix[1:])).sum(axis=1)
    if further.any():
        sums = ", ".join(f"{row:.6g}" for row in np.nan_to_num(matrix).sum(axis=1)[:6])
        raise CarbonshedError(
            f"{where} is {shape_text(array.shape)} and more than its first row is not "
            f"zero (sums of rows: {sums}); expected imports in the first row"
        )
    vector = matrix[0]
    if vector.size == producers:
        text = f"WARNING: {where} has no imports of final users ({producers} numbers)"
        return vector, None, Decision("imports_of_users_missing", text)
    return vector[:producers], vector[producers:], None


def read_value_added(
    array: np.ndarray, output: np.ndarray, inputs: np.ndarray, where: str
) -> tuple[dict[str, np.ndarray], Decision]:
    """Return the components of value added, and whether the last row is their total.

    `array` has components in rows, (k, at least n). The last row is a total if it
    equals the sum of the rows above it. The column identity must then hold: output =
    inputs + value added, with row sums as output and imports among the inputs.
    """
    n = output.size
    matrix = np.atleast_2d(array)
    if not len(matrix) or matrix.shape[1] < n:
        raise CarbonshedError(
            f"{where} is {shape_text(array.shape)}; expected components in rows and at "
            f"least {n} columns, one for each column of Z"
        )
    if matrix[:, n:].any():
        total = float(matrix[:, n:].sum())
        raise CarbonshedError(
            f"{where} is {shape_text(array.shape)} and its columns after the first {n} "
            f"are not empty (sum {total:.6g}); expected 0 or NaN there"
        )
    rows = matrix[:, :n]
    k = len(rows)
    parts = rows[:-1].sum(axis=0)
    scale = np.abs(rows[-1]).sum()
    has_total = k > 1 and np.abs(parts - rows[-1]).sum() <= SAME_TOTAL * scale
    gaps = {
        f"{k} rows are components": _gap(output, inputs, rows.sum(axis=0)),
        f"row {k} is the total": _gap(output, inputs, rows[-1]),
    }
    readings = list(gaps)
    reading = readings[1] if has_total else readings[0]
    if not abs(gaps[reading]) <= MAX_GAP:
        both = "; ".join(f"{gap:+.2%} if {name}" for name, gap in gaps.items())
        raise CarbonshedError(
            f"{where}: inputs + value added miss output by {both}; expected less than "
            f"{MAX_GAP:.0%} where {reading}, as the numbers of the last row say"
        )
    kept = rows[:-1] if has_total else rows
    components = {f"VA{number:03d}": row for number, row in enumerate(kept, start=1)}
    dropped = ", left out" if has_total else ""
    text = (
        f"value added: {reading}{dropped}; inputs + value added miss output by "
        f"{gaps[reading]:+.3%}"
    )
    return components, Decision("value_added_rows", text)


def compare_with_gdp(
    value_added: np.ndarray, gdp: list[float | None], names: list[str], file: str
) -> Decision:
    """Compare value added of regions with their GDP: the matrix itself has no names.

    `file` names the file of regions, which has their GDP.
    """
    ratios = [
        (float(own / other), name)
        for own, other, name in zip(value_added, gdp, names, strict=True)
        if other
    ]
    if not ratios:
        return Decision(
            "order_of_regions",
            f"no GDP of regions is given, which would show whether {file} is in the "
            "order of the matrix",
        )
    middle = float(np.median([ratio for ratio, _ in ratios]))
    most = _FAR_FROM_GDP
    text = f"value added of regions is {middle:.2f} times their GDP at the median"
    far = [name for ratio, name in ratios if not 1 / most <= ratio <= most]
    if not far:
        text = f"{text}, and never {most:g} times more or less"
        return Decision("order_of_regions", text)
    return Decision(
        "order_of_regions",
        f"WARNING: {text}, and {most:g} times more or less in {len(far)} of "
        f"{len(ratios)}: {listing(far, 5)}; is {file} in the order of the matrix, and "
        "GDP in single CNY?",
    )


def _gap(output: np.ndarray, inputs: np.ndarray, value_added: np.ndarray) -> float:
    """Return the excess of the columns, as a share of total output."""
    total = float(output.sum())
    costs = float(inputs.sum() + value_added.sum())
    return (costs - total) / total if total else float("nan")


def check_category_order(final_demand: np.ndarray, where: str) -> Decision:
    """Check the order of the five categories of final demand, (n, 5 R), in a region.

    The file does not name them. But fixed capital is the largest of the five in
    China, changes in inventories the smallest and the one with the most negative
    cells, and urban households spend more than rural ones.
    """
    by_category = final_demand.reshape(len(final_demand), -1, len(CATEGORIES))
    sums = by_category.sum(axis=(0, 1))
    below_zero = (by_category < 0).sum(axis=(0, 1))
    others = np.delete(np.abs(sums), _STOCKS)
    rules = {
        "fixed capital is the largest": sums.argmax() == _CAPITAL,
        "inventories are the smallest": abs(sums[_STOCKS]) <= others.min(),
        "urban households spend more than rural ones": sums[_URBAN] > sums[_RURAL],
        "inventories have the most negative cells": (
            below_zero[_STOCKS] == below_zero.max()
        ),
    }
    listed = ", ".join(
        f"{category} {total:.4g}"
        for category, total in zip(CATEGORIES, sums, strict=True)
    )
    broken = [rule for rule, holds in rules.items() if not holds]
    if broken:
        raise CarbonshedError(
            f"{where}: category order: expected "
            f"{', '.join(CATEGORIES)} inside every region, where "
            f"{broken[0]}; found {listed}"
        )
    text = f"final demand: the five columns of a region are {listed} (order tested)"
    return Decision("category_order", text)
