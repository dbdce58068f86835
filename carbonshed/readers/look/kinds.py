"""Symmetric or supply and use, domestic or total: what the numbers of a table say."""

import re
from dataclasses import replace

import numpy as np

from carbonshed.readers.look.finding import (
    COEFFICIENTS,
    DOMESTIC,
    IMPORTED,
    IMPORTED_FLOWS,
    SUPPLY,
    SYMMETRIC,
    TOTAL_FLOWS,
    USE,
    Balance,
    Finding,
    Line,
)
from carbonshed.readers.vocabulary import (
    DISCREPANCY,
    EXPORTS,
    FINAL,
    IMPORTS,
    MARGINS,
    OUTPUT,
    TAXES,
    TOTAL,
    UNKNOWN,
    VALUE_ADDED,
    Role,
)

CLOSE = 0.02  # of output: rounding and small discrepancies
_EXACT = 0.002  # where one of many lines is chosen because it fits
_MOST_IMPORTED = 1.0  # of output: a use table misses by more or both ways
_NEAR_ONE = 1.05
_FEW = 4  # sectors: too few to tell multipliers from small flows
_SAMPLE = 40
_SUPPLY_WORDS = re.compile(
    r"\bsupply\b(?! and use)|\bmake\b|aufkommen|ressources|oferta|供給|供应|ponud",
    re.IGNORECASE,
)
_IMPORT_WORDS = re.compile(
    r"\bfor imports\b|imported|of imports|import matri|importad|einfuhr|importmatri"
    r"|輸入表",
    re.IGNORECASE,
)
_PURCHASERS = re.compile(
    r"purchasers?'? ?prices|precios? (de )?comprador|anschaffungspreis|pembeli"
    r"|prix d'acquisition|購入者価格|购买者价格",
    re.IGNORECASE,
)


def decide_kind(finding: Finding) -> None:
    """Fill in kind, origin, balances and doubts of a finding with a square."""
    if _holds_coefficients(finding):
        finding.kind = COEFFICIENTS
        finding.doubts.append("shares or multipliers, not flows of money")
        return
    title = finding.title
    if _PURCHASERS.search(title):
        finding.doubts.append("the title says purchasers' prices")
    has_inputs = any(
        line.role.name == VALUE_ADDED and not line.is_zero for line in finding.row_lines
    )
    if _IMPORT_WORDS.search(title) or (
        not has_inputs and "import" in finding.table.cells.sheet.casefold()
    ):
        finding.kind, finding.origin = IMPORTED, IMPORTED_FLOWS
        return
    if not has_inputs and _looks_like_supply(finding):
        finding.kind = SUPPLY
        return
    sides = _sides(finding)
    if sides is None:
        finding.doubts.append(
            "no total of rows and of columns was found: whether the table balances "
            "cannot be told"
        )
        return
    _compare(finding, *sides)


def sector_block(finding: Finding) -> np.ndarray:
    """Return the square of the sectors, rows and columns pair by pair."""
    return finding.table.cells.block(finding.rows, finding.columns)


def row_values(finding: Finding, line: Line) -> np.ndarray:
    """Return a row beside the sectors, at their columns."""
    values = finding.table.cells.numbers[line.position, list(finding.columns)]
    return np.nan_to_num(values, nan=0.0)


def column_values(finding: Finding, line: Line) -> np.ndarray:
    """Return a column beside the sectors, at their rows."""
    values = finding.table.cells.numbers[list(finding.rows), line.position]
    return np.nan_to_num(values, nan=0.0)


def _holds_coefficients(finding: Finding) -> bool:
    block = sector_block(finding)
    sums = block.sum(axis=0)
    # an inverse has 1 and more on its diagonal, and small numbers elsewhere
    diagonal = block.diagonal()
    off = block - np.diag(diagonal)
    is_inverse = len(block) > _FEW and diagonal.min() >= 1 - 1e-9
    is_inverse &= bool(diagonal.max() < 10 and off.max() < 3)
    return bool(sums.max() <= _NEAR_ONE or is_inverse)


def _looks_like_supply(finding: Finding) -> bool:
    block = np.abs(sector_block(finding))
    is_diagonal = block.trace() > 0.6 * block.sum()
    has_final = any(
        line.role.name in (FINAL, EXPORTS) and not line.is_zero
        for line in finding.column_lines
    )
    says_so = _SUPPLY_WORDS.search(finding.title) is not None
    return not has_final and (is_diagonal or says_so)


def _sides(finding: Finding) -> tuple[np.ndarray, np.ndarray] | None:
    """Return what rows deliver in all, and what columns make, by sector.

    The totals of the table, or else the sums of what is known to be part of them.
    """
    total = _total_line(finding, finding.column_lines)
    output = _total_line(finding, finding.row_lines)
    block = sector_block(finding)
    users = _known(finding.column_lines, (FINAL, EXPORTS, DISCREPANCY))
    # output that is no plain sum: imports are taken off, which is to be seen
    if total is not None and (total.parts or not users):
        sold = column_values(finding, total)
    elif not users:
        return None
    else:
        sold = block.sum(axis=1) + sum(column_values(finding, line) for line in users)
    if output is not None:
        return sold, row_values(finding, output)
    inputs = _known(finding.row_lines, (IMPORTS, TAXES, MARGINS, VALUE_ADDED))
    if not inputs:
        return None
    return sold, block.sum(axis=0) + sum(row_values(finding, line) for line in inputs)


def _known(lines: tuple[Line, ...], roles: tuple[str, ...]) -> list[Line]:
    return [line for line in lines if line.is_leaf and line.role.name in roles]


def _total_line(finding: Finding, lines: tuple[Line, ...]) -> Line | None:
    """Return the line of output: a sum beyond the sectors that says so, else the last.

    Without such a sum, it is a line that says so alone.
    """
    sums = [
        line
        for line in lines
        if len(line.parts) > len(finding.rows) and not line.is_zero
    ]
    named = [line for line in sums if line.role.name == OUTPUT]
    if named:
        return named[-1]
    if sums:
        most = max(len(line.parts) for line in sums)
        return next(line for line in reversed(sums) if len(line.parts) == most)
    return next(
        (
            line
            for line in lines
            if line.role.name == OUTPUT and not line.parts and not line.is_zero
        ),
        None,
    )


def _compare(finding: Finding, sold: np.ndarray, made: np.ndarray) -> None:
    gap = _gap(sold, made)
    finding.balances.append(Balance("rows in all against output of columns", gap))
    inside = _inside_imports(finding)
    if gap < CLOSE:
        finding.kind = SYMMETRIC
        finding.origin = TOTAL_FLOWS if inside else DOMESTIC
        if inside:
            _give_roles(finding, {line.position: IMPORTS for line in inside})
        return
    found = _closing_line(finding, sold, made)
    if found is not None:
        line, is_column, gap = found
        side = "column" if is_column else "row"
        text = f"rows in all, less the imports of a {side}, against output of columns"
        finding.balances.append(Balance(text, gap))
        finding.kind, finding.origin = SYMMETRIC, TOTAL_FLOWS
        if is_column:
            _give_roles(finding, {line.position: IMPORTS})
        else:
            finding.doubts.append(
                f"imports by product stand in row {line.position + 1}; a map wants "
                "them in a column"
            )
        return
    if gap < _MOST_IMPORTED and (sold - made > -CLOSE * np.abs(made)).all():
        finding.kind, finding.origin = SYMMETRIC, TOTAL_FLOWS
        finding.doubts.append(
            "no row delivers less than the output of its column: imports are inside "
            "the cells, and no column of them was found"
        )
        return
    finding.kind = USE
    finding.doubts.append(
        "rows and columns do not balance by sector: products by industries (a use "
        "table), or a table that holds imports without a column of them"
    )


def _inside_imports(finding: Finding) -> list[Line]:
    """Return columns of imports that are subtracted inside the total of rows."""
    return [
        line
        for line in finding.column_lines
        if line.is_leaf
        and line.role.name in (IMPORTS, TAXES)
        and column_values(finding, line).sum() < 0
    ]


def _closing_line(
    finding: Finding, sold: np.ndarray, made: np.ndarray
) -> tuple[Line, bool, float] | None:
    """Return the line whose subtraction makes rows equal columns, if there is one."""
    tried = [
        (line, is_column, np.abs(values(finding, line)))
        for lines, is_column, values in (
            (finding.column_lines, True, column_values),
            (finding.row_lines, False, row_values),
        )
        for line in lines[-_SAMPLE:]
        if line.role.name in (IMPORTS, TOTAL, UNKNOWN)
    ]
    gaps = [(_gap(sold - values, made), k) for k, (_, _, values) in enumerate(tried)]
    gap, k = min(gaps, default=(1.0, 0))
    return (*tried[k][:2], gap) if gap < _EXACT else None


def _give_roles(finding: Finding, names: dict[int, str]) -> None:
    finding.column_lines = tuple(
        replace(line, role=Role(names[line.position]))
        if line.position in names
        else line
        for line in finding.column_lines
    )


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    size = float(np.abs(other).sum())
    return float(np.abs(one - other).sum()) / size if size else 1.0
