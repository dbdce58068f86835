"""Checks of a provincial table: its sums, and its empty cells."""

import numpy as np

from carbonshed.accounting.closure import MAX_GAP, SAME_TOTAL
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.province_sheets import ProvinceSheet
from carbonshed.text import listing

_SAME = 1e-9
_MAX_NAMES_SHOWN = 5


def fill_gaps(sheet: ProvinceSheet) -> None:
    """Set empty cells of blocks to 0; refuse them in published sums."""
    sums = {code: sheet.blocks[code] for code in ("TIU", "TFU", "GO")}
    sums |= {code: sheet.margins[code] for code in ("TII", "TVA", "TI")}
    for code, values in sums.items():
        empty = np.flatnonzero(np.isnan(values))
        if empty.size:
            raise CarbonshedError(
                f"{sheet.where}: {code} is empty for {_named(sheet, empty)}; expected "
                "a number (a workbook with formulas must be saved by a program that "
                "stores their values)"
            )
    blocks = {
        code: sheet.blocks[code]
        for code in ("Z", "FU", "EX", "ERR")
        if code in sheet.blocks
    }
    blocks |= {code: sheet.margins[code] for code in ("IM", *sheet.components)}
    blocks["IM of final users"] = sheet.imports_of_users
    if sheet.emissions is not None:
        blocks["CO2"] = sheet.emissions
    for code, values in blocks.items():
        empty = np.isnan(values)
        if empty.any():
            sheet.decisions.append(
                Decision("empty_cells", f"{code}: {empty.sum()} empty cells count as 0")
            )
            values[empty] = 0.0


def check_sums(sheet: ProvinceSheet) -> None:
    """Recompute the published sums; add to the decisions."""
    blocks, margins = sheet.blocks, sheet.margins
    flows, users, exports = blocks["Z"], blocks["FU"], blocks["EX"]
    _require(sheet, "TIU", blocks["TIU"], flows.sum(1), np.abs(flows).sum(1), "Z")
    _require(
        sheet,
        "TFU",
        blocks["TFU"],
        users.sum(1) + exports,
        np.abs(users).sum(1) + np.abs(exports),
        "FU101.. and EX",
    )
    parts = np.array([margins[code] for code in sheet.components])
    _require(
        sheet,
        "TVA",
        margins["TVA"],
        parts.sum(0),
        np.abs(parts).sum(0),
        " + ".join(sheet.components),
    )
    _check_inputs(sheet)
    _check_output(sheet)
    negative = flows < 0
    if negative.any():
        sheet.decisions.append(
            Decision(
                "negative_cells",
                f"WARNING: {negative.sum()} negative cells in Z, sum "
                f"{flows[negative].sum():.6g}, are kept",
            )
        )


def _check_inputs(sheet: ProvinceSheet) -> None:
    """Check TII, which may include the imports or not, and TI."""
    margins = sheet.margins
    domestic = sheet.blocks["Z"].sum(0)
    size = np.abs(sheet.blocks["Z"]).sum(0) + np.abs(margins["IM"])
    readings = {"Z": domestic, "Z and IM": domestic + margins["IM"]}
    gaps = {
        name: _relative(margins["TII"], total, size) for name, total in readings.items()
    }
    name = min(gaps, key=lambda name: (gaps[name] > SAME_TOTAL).sum())
    if gaps[name].max() > SAME_TOTAL:
        wrong = np.flatnonzero(gaps[name] > SAME_TOTAL)
        worst = ", ".join(f"{gap.max():.3g} from {key}" for key, gap in gaps.items())
        raise CarbonshedError(
            f"{sheet.where}: TII of {_named(sheet, wrong)} is not the sum of Z, nor of "
            f"Z and IM: largest relative gap {worst}; expected {SAME_TOTAL:g}"
        )
    sheet.decisions.append(Decision("intermediate_inputs", f"TII is the sum of {name}"))
    costs = domestic + margins["IM"] + margins["TVA"]
    for code, values in (("TI", margins["TI"]), ("GO", sheet.blocks["GO"])):
        wrong = np.flatnonzero(_relative(values, costs, np.abs(costs)) > SAME_TOTAL)
        if wrong.size:
            sheet.decisions.append(
                Decision(
                    "column_sums",
                    f"WARNING: {code} differs from Z + IM + TVA by more than "
                    f"{SAME_TOTAL:g} in {wrong.size} columns, in total by "
                    f"{(values - costs).sum():.6g}: {_named(sheet, wrong)}",
                )
            )


def _check_output(sheet: ProvinceSheet) -> None:
    """Compare GO with the sum of the row; the difference is the publisher's ERR."""
    blocks = sheet.blocks
    row_sums = blocks["TIU"] + blocks["TFU"]
    error = blocks["GO"] - row_sums
    total = blocks["GO"].sum()
    share = np.abs(error).sum() / total if total else 0.0
    sheet.decisions.append(
        Decision(
            "published_output",
            "output is the sum of each row; GO, the published output, differs from it "
            "by "
            f"{np.abs(error).sum():.6g} in all ({share:.2%}), which is left out (ERR)",
        )
    )
    large = np.flatnonzero(np.abs(error) > MAX_GAP * np.abs(blocks["GO"]))
    if large.size:
        order = np.argsort(-np.abs(error[large]), kind="stable")
        sheet.decisions.append(
            Decision(
                "published_output",
                f"WARNING: GO differs from the sum of the row by more than "
                f"{MAX_GAP:.0%} in {large.size} rows, by {error[large].sum():.6g}: "
                f"{_named(sheet, large[order])}",
            )
        )
    if "ERR" in blocks:
        size = np.abs(blocks["GO"]) + np.abs(row_sums)
        signs = [_relative(sign * blocks["ERR"], error, size).max() for sign in (1, -1)]
        if min(signs) > SAME_TOTAL:
            sheet.decisions.append(
                Decision(
                    "error_column",
                    "WARNING: ERR is neither GO - TIU - TFU nor the opposite: largest "
                    f"gap {min(signs):.3g} of output",
                )
            )


def require_same(one: ProvinceSheet, other: ProvinceSheet) -> None:
    """Refuse two language versions of a table that have different numbers."""
    if (one.producers.regions, one.producers.codes) != (
        other.producers.regions,
        other.producers.codes,
    ):
        raise CarbonshedError(
            f"{other.where}: other provinces or sectors than {one.where}; expected the "
            "same table in two languages"
        )
    pairs = {
        **{code: (one.blocks[code], other.blocks.get(code)) for code in one.blocks},
        **{code: (one.margins[code], other.margins.get(code)) for code in one.margins},
        "IM of final users": (one.imports_of_users, other.imports_of_users),
        "CO2": (one.emissions, other.emissions),
    }
    for code, (ours, theirs) in pairs.items():
        if ours is None and theirs is None:
            continue
        if ours is None or theirs is None or ours.shape != theirs.shape:
            lacks = one if ours is None else other
            raise CarbonshedError(
                f"{lacks.where}: {code} is not there, or smaller than in the other "
                "language; expected the same table twice"
            )
        same = np.isclose(ours, theirs, rtol=_SAME, atol=0, equal_nan=True)
        if not same.all():
            cell = tuple(np.argwhere(~same)[0])
            raise CarbonshedError(
                f"{other.where}: {(~same).sum()} numbers of {code} differ from "
                f"{one.where}, the first in {_place(one, cell)}: {theirs[cell]} "
                f"and {ours[cell]}; expected the same table in two languages"
            )


def _require(
    sheet: ProvinceSheet,
    code: str,
    published: np.ndarray,
    added: np.ndarray,
    size: np.ndarray,
    parts: str,
) -> None:
    gap = _relative(published, added, size)
    wrong = np.flatnonzero(gap > SAME_TOTAL)
    if wrong.size:
        first = wrong[0]
        raise CarbonshedError(
            f"{sheet.where}: {code} of {_named(sheet, wrong)} is "
            f"{published[first]:.10g}, but {parts} add up to {added[first]:.10g}; "
            f"expected the same within {SAME_TOTAL:g}"
        )


def _relative(one: np.ndarray, other: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return gaps relative to the terms: a sum near 0 of large terms is rounded."""
    scale = np.maximum(np.maximum(np.abs(one), np.abs(other)), size)
    return np.abs(one - other) / np.where(scale > 0, scale, 1.0)


def _named(sheet: ProvinceSheet, producers: np.ndarray) -> str:
    return listing((_producer(sheet, int(i)) for i in producers), _MAX_NAMES_SHOWN)


def _producer(sheet: ProvinceSheet, producer: int) -> str:
    region, sector = divmod(producer, len(sheet.producers.codes))
    return (
        f"{sheet.producers.regions[region].region_name} {sheet.producers.codes[sector]}"
    )


def _place(sheet: ProvinceSheet, position: tuple[int, ...]) -> str:
    """Return the labels of a cell; its last index is a user in some blocks."""
    if len(position) == 1 and position[0] < len(sheet.blocks["GO"]):
        return _producer(sheet, int(position[0]))
    return f"{_producer(sheet, int(position[0]))}, position {int(position[-1]) + 1}"
