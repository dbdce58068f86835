"""What a table says of final users and of exports, and a map may have missed."""

import re

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.look.words import EXPORTS, role_of
from carbonshed.readers.workbook.blocks import BlockReader, Used
from carbonshed.readers.workbook.lines import header_texts
from carbonshed.readers.workbook.parts import Parts
from carbonshed.readers.workbook.plan import Plan
from carbonshed.readers.workbook.readings import MOST, share_missed
from carbonshed.readers.workbook.unread import Unread
from carbonshed.text import listing

_GATE = "imports_balance"
_WORLD = "WLD"
_MOST = 3  # times what final users buy from own producers
_IMPORTS = re.compile(r"blocks\.imports(?!_)")
_OF_USERS = "blocks.imports_of_final_users"
_EMISSIONS = re.compile(r"blocks\.emissions\.([^.\[]+)")


def check_exports(plan: Plan, reader: BlockReader, parts: Parts) -> list[Decision]:
    """Return a WARNING where a nation exports nothing."""
    if plan.descriptor["mrio"]["country"] == _WORLD:
        return []
    is_read = "exports" in plan.places.vectors
    if is_read and parts.exports is not None and parts.exports.any():
        return []
    text = (
        "WARNING: no exports: all that is made counts as used in the country "
        f"{plan.descriptor['mrio']['country']}; expected the column of exports as "
        "`exports`, and not as a category"
    )
    named = sorted(set(_read_as_categories(plan, reader)))
    if named:
        text += f"; by its header an export is {listing(named)}"
    return [Decision("no_exports", text)]


def _read_as_categories(plan: Plan, reader: BlockReader) -> list[str]:
    """Return the categories whose headers are words of exports."""
    ids = [row["category_id"] for row in plan.labels.rows["categories"]]
    key = plan.places.blocks["final_demand"].key
    found = []
    for used in reader.used:
        if used.key != key or used.across is None:
            continue
        axis = used.across
        for position, place in zip(axis.positions, axis.places, strict=True):
            texts = header_texts(used.above, int(position), used.rows[0])
            if role_of(tuple(texts)).name == EXPORTS:
                category = ids[int(place) % plan.labels.categories.n_inner]
                found.append(f"the category {category!r}")
    return found


def check_imports_of_users(
    plan: Plan, reader: BlockReader, parts: Parts, unread: Unread
) -> list[Decision]:
    """Hold imports of final users against the row of imports of sectors.

    Parameters
    ----------
    plan, reader, parts
        The map, what was read, and the numbers as printed.
    unread
        Rows that go on under final demand.

    Returns
    -------
    list of Decision
        A WARNING where the row of imports goes on unread or with other numbers, or
        where final users import far more than they buy at home.

    Raises
    ------
    CarbonshedError
        If the row that is taken for final users holds other numbers under the sectors
        than the imports of sectors, and that is not accepted.
    """
    if plan.is_total or plan.is_supply_and_use:
        return []
    taken = parts.imports_by_user
    found = _same_row(plan, reader, parts) if taken is not None else []
    lines = [line for line in unread.going_on if any(map(_IMPORTS.match, line.keys))]
    if lines:
        rest = np.sum([line.by_place() for line in lines], axis=0)
        named = listing(lines, 4, separator="; ")
        sheet = lines[0].sheet
        if taken is None:
            text = (
                f"WARNING: {sheet}: the imports of sectors go on under final demand, "
                f"and the map does not read them there: {named}; expected "
                "`imports_of_final_users`, without which footprints are of domestic "
                "products alone"
            )
            found.append(Decision("imports_of_users", text))
        elif share_missed(rest, taken) > MOST:
            text = (
                f"WARNING: {sheet}: `imports_of_final_users` are {taken.sum():,.6g}, "
                f"and the imports of sectors go on under final demand with others: "
                f"{named}"
            )
            found.append(Decision("imports_of_users", text))
    bought = float(parts.final_demand.sum())
    if taken is not None and bought > 0 and float(taken.sum()) > _MOST * bought:
        text = (
            f"WARNING: `imports_of_final_users` are {taken.sum() / bought:.3g} times "
            "what final users buy from own producers: is it the row of imports, and in "
            "the unit of the cells?"
        )
        found.append(Decision("imports_of_users", text))
    return found


def _same_row(plan: Plan, reader: BlockReader, parts: Parts) -> list[Decision]:
    """Compare the row that is taken for final users, under the sectors."""
    wanted = parts.imports_by_buyer
    here = _under_sectors(plan, reader)
    if wanted is None or here is None or not here.any():
        return []
    share = share_missed(here, wanted)
    if share <= MOST:
        return []
    text = (
        f"{reader.where}: the line that `imports_of_final_users` reads holds "
        f"{here.sum():,.6g} under the sectors, and their `imports` are "
        f"{wanted.sum():,.6g}"
    )
    if _GATE in plan.accept:
        return [Decision("imports_of_users", f"WARNING: {text} (accepted in the map)")]
    raise CarbonshedError(
        f"{text}; expected the row of imports for both. If the publisher's table is "
        f"so, the map may say `accept: [{_GATE}]`"
    )


def _under_sectors(plan: Plan, reader: BlockReader) -> np.ndarray | None:
    """Return the row of imports of final users by sector, None if it is no such row."""
    key = plan.places.blocks[plan.main].key
    main = {used.sheet: used for used in reader.used if used.key == key}
    total = np.zeros(plan.labels.sectors.length)
    for used in reader.used:
        if not used.key.startswith(_OF_USERS):
            continue
        block = main.get(used.sheet)
        if block is None or block.across is None or used.across is None:
            return None
        total += used.sign * block.across.gather(_row(used, block))
    return total


def _row(used: Used, block: Used) -> np.ndarray:
    grid = used.left.grid
    return np.array(
        [
            sum(
                grid.numbers(row, column, 1)[0]
                for row in used.rows
                if grid.is_amount(row, column)
            )
            for column in block.columns
        ]
    )


def check_emissions_of_users(
    unread: Unread, direct: dict[str, np.ndarray]
) -> list[Decision]:
    """Return a WARNING where emissions of sectors go on under final demand, unread."""
    found = []
    for line in unread.going_on:
        names = [match[1] for match in map(_EMISSIONS.match, line.keys) if match]
        if names and names[0] not in direct:
            text = (
                f"WARNING: {line.sheet}: emissions of {names[0]} go on under final "
                f"demand, and the map does not read them there: {line}; expected them "
                "as `direct_emissions`"
            )
            found.append(Decision("emissions_of_users", text))
    return found
