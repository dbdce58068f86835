"""Household groups and what they spend: the rows of three files checked together.

Each row is good alone when it comes here; see `carbonshed.dataset.fields`.
"""

from collections.abc import Callable, Iterable, Mapping

from carbonshed.dataset.contract import DIRECT
from carbonshed.dataset.store import Row
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.small_tables import Dimensions
from carbonshed.text import counted, listing, suggestion

HOUSEHOLD_TABLES = ("labels", "household_groups", "household_spending")
_WORLD = "WLD"
# year, then what is bought: a sector, a label, or all
_File = Callable[[str], str]
_Level = tuple[int, str | None, str | None]


def check_household_groups(
    rows: Mapping[str, list[Row]],
    file: _File,
    dimensions: Dimensions,
    country: str,
) -> list[str]:
    """Refuse groups or spending that contradict each other; return notes.

    Parameters
    ----------
    rows
        Parsed rows of `HOUSEHOLD_TABLES`, each in the order of its file; a table may
        be missing.
    file
        Returns the name of the file of a table, for messages.
    country
        The country of the dataset, ``WLD`` if its regions are of several.

    Raises
    ------
    CarbonshedError
        With file and data row.
    """
    if not rows.get("household_groups") and not rows.get("household_spending"):
        return []
    groups = rows.get("household_groups", [])
    spending = rows.get("household_spending", [])
    _check_categories(groups, dimensions, file)
    _check_products(spending, rows.get("labels", []), dimensions, file)
    _check_nations(
        groups, spending, nations_of(dimensions.rows["regions"], country), file
    )
    _check_levels(groups, spending, file)
    unused = _spending_by_category(groups, spending)
    if not unused:
        return []
    return [
        f"not used: {counted(unused, 'row')} of {file('household_spending')}, of "
        "groups that name a category: what that category buys is what they spend"
    ]


def _check_categories(groups: list[Row], dimensions: Dimensions, file: _File) -> None:
    """Refuse a category that is no household's, and regions with some categories."""
    households = {
        row["category_id"]: row["category_group"] == "household"
        for row in dimensions.rows["final_demand_categories"]
    }
    first: dict[tuple, tuple[int, Row]] = {}
    owners: dict[tuple, tuple[int, Row]] = {}
    for number, row in enumerate(groups, start=1):
        place, category = (row["year"], row["region_id"]), row["category_id"]
        if category is not None and not households[category]:
            expected = listing(
                (name for name, is_theirs in households.items() if is_theirs), 5
            )
            raise CarbonshedError(
                f"{file('household_groups')}: "
                f"data row {number}: `category_id` is {category!r}, which is no "
                f"category of the group household; expected one of {expected}, or "
                "nothing"
            )
        earlier, other = first.setdefault(place, (number, row))
        if (other["category_id"] is None) != (category is None):
            named, unnamed = (row, other) if category is not None else (other, row)
            raise CarbonshedError(
                f"{file('household_groups')}: "
                f"data rows {earlier} and {number}: of the groups of region "
                f"{row['region_id']!r} in {row['year']}, {named['group_id']!r} names a "
                f"`category_id` and {unnamed['group_id']!r} none; expected one in all "
                "groups of a region, or in none"
            )
        if category is None:
            continue
        earlier, other = owners.setdefault((*place, category), (number, row))
        if earlier != number:
            raise CarbonshedError(
                f"{file('household_groups')}: "
                f"data rows {earlier} and {number}: groups {other['group_id']!r} and "
                f"{row['group_id']!r} of region {row['region_id']!r} in {row['year']} "
                f"both name the category {category!r}; expected one group for it",
            )


def _check_products(
    spending: list[Row], labels: list[Row], dimensions: Dimensions, file: _File
) -> None:
    """Refuse unknown sectors and labels, and a sector that two labels cover."""
    sectors = dimensions.positions["sectors"]
    if DIRECT in sectors:
        table = "household_spending" if spending else "household_groups"
        raise CarbonshedError(
            f"{file(table)}: data row {sectors[DIRECT] + 1} of the sectors has the id "
            f"{DIRECT!r}, which in household_spending is what a group emits itself; "
            "expected another id for that sector"
        )
    owners: dict[str, tuple[int, str]] = {}
    for number, row in enumerate(labels, start=1):
        label, sector = row["label_id"], row["sector_id"]
        earlier, other = owners.setdefault(sector, (number, label))
        if other != label:
            raise CarbonshedError(
                f"{file('labels')}: "
                f"data rows {earlier} and {number}: the sector {sector!r} is in the "
                f"labels {other!r} and {label!r}; expected one label for what groups "
                "spend on it",
            )
    known = {row["label_id"] for row in labels}
    for number, row in enumerate(spending, start=1):
        sector, label = row["sector_id"], row["label_id"]
        if sector is not None and sector != DIRECT and sector not in sectors:
            raise CarbonshedError(
                f"{file('household_spending')}: "
                f"data row {number}: `sector_id` has the unknown id {sector!r}; "
                f"expected an id of sectors, or {DIRECT}{suggestion(sector, sectors)}",
            )
        if label is not None and label not in known:
            raise CarbonshedError(
                f"{file('household_spending')}: "
                f"data row {number}: `label_id` has the unknown id {label!r}; expected "
                f"an id of labels{suggestion(label, known)}",
            )


def _check_nations(
    groups: list[Row], spending: list[Row], nations: Mapping[str, str], file: _File
) -> None:
    """Refuse unknown groups, and spending per head of a group of two nations."""
    homes: dict[tuple[int, str], dict[str, int]] = {}
    places = set()
    for number, row in enumerate(groups, start=1):
        region, group = row["region_id"], row["group_id"]
        places.add((row["year"], region, group))
        home = homes.setdefault((row["year"], group), {})
        home.setdefault(nations[region], number)
    for number, row in enumerate(spending, start=1):
        year, region, group = row["year"], row["region_id"], row["group_id"]
        home = homes.get((year, group), {})
        if not home or (region is not None and (year, region, group) not in places):
            where = f" of region {region!r}" if region is not None else ""
            known = {name for when, name in homes if when == year}
            raise CarbonshedError(
                f"{file('household_spending')}: "
                f"data row {number}: `group_id` is {group!r}, which household_groups "
                f"does not list as a group{where} in {year}; expected one that it "
                f"lists{suggestion(group, known)}",
            )
        if region is None and len(home) > 1:
            one, other = list(home)[:2]
            raise CarbonshedError(
                f"{file('household_spending')}: "
                f"data row {number}: the group {group!r} has no region here, but is "
                f"one of {one!r} and of {other!r} (data rows {home[one]} and "
                f"{home[other]} of household_groups): spending per head is the same "
                "within a nation only; expected another id for the groups of each "
                "nation, or a `region_id`",
            )


def _check_levels(groups: list[Row], spending: list[Row], file: _File) -> None:
    """Refuse a group without a row where others of its region have one.

    Rows of DIRECT are weights: a group without one emits nothing itself.
    """
    members: dict[tuple[int, str], list[str]] = {}
    for row in groups:
        if row["category_id"] is None:
            place = row["year"], row["region_id"]
            members.setdefault(place, []).append(row["group_id"])
    given: dict[tuple[str | None, _Level], dict[str, int]] = {}
    # dictionaries in place of sets: the first refusal is the same each time
    levels: dict[tuple[int, str | None], dict[_Level, None]] = {}
    for number, row in enumerate(spending, start=1):
        if row["sector_id"] == DIRECT:
            continue
        level = row["year"], row["sector_id"], row["label_id"]
        region = row["region_id"]
        levels.setdefault((row["year"], region), {})[level] = None
        given.setdefault((region, level), {})[row["group_id"]] = number
    for (year, region), names in members.items():
        own = levels.get((year, region), {})
        # rows of the region replace those without one
        for level in {**own, **levels.get((year, None), {})}:
            rows = given[region if level in own else None, level]
            with_row = [name for name in names if name in rows]
            missing = [name for name in names if name not in rows]
            if with_row and missing:
                raise CarbonshedError(
                    f"{file('household_spending')}: "
                    f"no row of the group {missing[0]!r} of region {region!r} in {year}"
                    f" for {_product_words(*level[1:])}, for which data row "
                    f"{rows[with_row[0]]} has one of {with_row[0]!r}; expected a row "
                    "of every group of a region, with the value 0 where it spends "
                    "nothing",
                )


def _product_words(sector: str | None, label: str | None) -> str:
    if sector is not None:
        return f"the sector {sector!r}"
    return "all products" if label is None else f"the label {label!r}"


def _spending_by_category(groups: list[Row], spending: list[Row]) -> int:
    """Return how many rows are of groups that name a category everywhere."""
    others = {
        (row["year"], region, row["group_id"])
        for row in groups
        if row["category_id"] is None
        for region in (None, row["region_id"])
    }
    return sum(
        (row["year"], row["region_id"], row["group_id"]) not in others
        for row in spending
    )


def nations_of(regions: Iterable[Row], country: str) -> dict[str, str]:
    """Return the nation that each region is, or is a part of.

    The build has a twin that also knows wholes beside their parts,
    models/intermediate/accounts/int_countries.sql.
    """
    return {
        row["region_id"]: country
        if country != _WORLD
        else row["region_id"]
        if row["region_type"] in ("country", "rest_of_world")
        else row["parent_region_id"] or row["region_id"]
        for row in regions
    }
