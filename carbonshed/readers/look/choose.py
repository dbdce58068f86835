"""Which table a map should read, and which tables belong to it."""

import numpy as np

from carbonshed.readers.look.finding import (
    COEFFICIENTS,
    DOMESTIC,
    IMPORTED,
    SUPPLY,
    SYMMETRIC,
    TOTAL_FLOWS,
    USE,
    Finding,
)
from carbonshed.readers.look.kinds import CLOSE
from carbonshed.readers.look.match import plain
from carbonshed.readers.look.survey import Survey
from carbonshed.readers.vocabulary import MARGINS, TAXES


def choose(found: Survey) -> None:
    """Choose the table that a map should read, and what goes with it."""
    ranks = {(SYMMETRIC, DOMESTIC): 0, (SYMMETRIC, TOTAL_FLOWS): 1}
    usable = [
        finding
        for finding in found.findings
        if finding.match and finding.kind in (SYMMETRIC, USE)
    ]
    usable.sort(key=lambda f: (ranks.get((f.kind, f.origin), 2), -len(f.rows)))
    found.best = next(iter(usable), None)
    best = found.best
    if best is None:
        return
    if best.kind == USE:
        found.supply, found.best = _supply_and_use(found, usable)
        best = found.best
    found.imported = next(
        (
            finding
            for finding in found.findings
            if finding.kind == IMPORTED and _same_labels(finding, best)
            if _is_near(finding, best)
        ),
        None,
    )


def others_like(found: Survey) -> list[str]:
    """Return places of other tables of flows with the same sectors."""
    used = (found.best, found.supply, found.imported)
    if found.best is None:
        return []
    return [
        f"{sheet.pattern!r}: {finding.title or finding.kind}"
        for sheet in found.sheets
        for finding in sheet.findings
        if not any(finding is each for each in used)
        if finding.kind != COEFFICIENTS and _same_labels(finding, found.best)
    ]


def _same_labels(one: Finding, other: Finding) -> bool:
    """Return whether two tables are about the same products."""
    if one is other or not one.match or not other.match:
        return False
    texts = [
        {plain(text) for row in each.rows for text in each.table.row_texts(row)}
        for each in (one, other)
    ]
    return len(texts[0] & texts[1]) > 0.8 * len(one.rows)


def _is_near(imports: Finding, best: Finding) -> bool:
    """Return whether imports are laid out like the table: symmetric or by industry."""
    words = plain(imports.title), plain(best.title)
    return ("symmetric" in words[0]) == ("symmetric" in words[1])


def _supply_and_use(
    found: Survey, uses: list[Finding]
) -> tuple[Finding | None, Finding]:
    """Return the supply table, and the use table that fits it best."""
    supply = next((f for f in found.findings if f.kind == SUPPLY), None)
    if supply is None:
        return None, uses[0]
    best, priced = uses[0], None
    for use in uses:
        basis = _prices(supply, use)
        if basis is False:  # basic prices need no margins
            best, priced = use, basis
            break
        if basis is not None and priced is None:
            best, priced = use, basis
    found.is_at_purchasers_prices = priced
    return supply, best


def _prices(supply: Finding, use: Finding) -> bool | None:
    """Return whether use is at purchasers' prices; None if it cannot be told."""
    used = _by_product(use)
    sums = [line for line in supply.column_lines if len(line.parts) > 1]
    gaps = {}
    for line in sums:
        offered = _by_product(supply, line.position)
        common = [name for name in used if name in offered]
        if len(common) < 3:
            continue
        one = np.array([used[name] for name in common])
        other = np.array([offered[name] for name in common])
        size = np.abs(other).sum()
        gaps[line.position] = np.abs(one - other).sum() / size if size else 1.0
    if not gaps or min(gaps.values()) > CLOSE:
        return None
    place = min(gaps, key=lambda position: gaps[position])
    layers = [
        line.position
        for line in supply.column_lines
        if line.role.name in (MARGINS, TAXES) and not line.is_zero
    ]
    return any(position < place for position in layers)


def _by_product(finding: Finding, column: int | None = None) -> dict[str, float]:
    """Return the values of a column, or the largest sum of rows, by product."""
    if column is None:
        sums = [line for line in finding.column_lines if line.parts]
        if not sums:
            return {}
        column = max(sums, key=lambda line: len(line.parts)).position
    values = np.nan_to_num(finding.table.cells.numbers[:, column])
    return {
        plain(finding.table.row_texts(row)[0]): float(values[row])
        for row in (*finding.rows, *finding.extra_rows)
    }
