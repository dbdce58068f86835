"""The facts that the model starts from, read from CSV files; sectors, and fewer."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.files import shipped_rows

CATEGORY_IDS = (
    "rural_households",
    "urban_households",
    "government",
    "fixed_capital",
    "inventories",
)
CATEGORY_NAMES = {
    "rural_households": "Rural households",
    "urban_households": "Urban households",
    "government": "Government",
    "fixed_capital": "Fixed capital formation",
    "inventories": "Changes in inventories",
}
CATEGORY_GROUPS = {
    "rural_households": "household",
    "urban_households": "household",
    "government": "government",
    "fixed_capital": "investment",
    "inventories": "inventory",
}
N_HOUSEHOLD_CATEGORIES = 2  # the first ones of CATEGORY_IDS
BASE_YEAR = 2012  # the year of all facts but the totals
GROUP_NAMES = {
    "agriculture": "Agriculture",
    "energy": "Energy",
    "heavy_industry": "Heavy industry",
    "light_industry": "Light industry",
    "high_tech": "High-tech industry",
    "construction": "Construction",
    "services": "Services",
}
MIN_SECTORS, MAX_SECTORS = len(GROUP_NAMES), 42


@dataclass(frozen=True)
class Sectors:
    """The sectors of the model with their facts, in the order of the table."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    trade_classes: tuple[str, ...]  # ids in trade_classes.csv
    fields: tuple[str, ...]  # the field of the land that an industry follows
    is_power_supply: tuple[bool, ...]  # true for power and heat
    # position in the order of merging; 0 for the last of its group
    merge_order: tuple[int, ...]
    # the sector that takes it up, empty where merge_order is 0
    merged_into: tuple[str, ...]
    # (n,) by column of sectors.csv: output in trillion CNY, co2_share in per cent
    numbers: dict[str, np.ndarray]


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of the table of facts of that name, such as ``sectors``."""
    return shipped_rows("carbonshed.synthetic.tables", f"{name}.csv")


@cache
def sectors() -> Sectors:
    """Return the 42 sectors with their facts."""
    table = rows("sectors")
    number_columns = (
        "output",
        "input_ratio",
        "overhead",
        "export_share",
        "import_share",
        "co2_share",
        "income_elasticity",
        "field_loading",
        "spread",
        "absent_share",
    )

    def column(name: str) -> tuple[str, ...]:
        return tuple(row[name] for row in table)

    return Sectors(
        ids=column("sector_id"),
        names=column("sector_name"),
        groups=column("sector_group"),
        trade_classes=column("trade_class"),
        fields=column("field"),
        is_power_supply=tuple(flag == "true" for flag in column("is_power_supply")),
        merge_order=tuple(int(order or 0) for order in column("merge_order")),
        merged_into=column("merged_into"),
        numbers={
            name: np.array([float(value) for value in column(name)])
            for name in number_columns
        },
    )


@cache
def targets(year: int = BASE_YEAR) -> dict[str, float]:
    """Return the published totals of a year: million CNY, persons, and kt of CO2."""
    return {
        row["target_id"]: float(row["value"]) * float(row["factor"])
        for row in rows("targets")
        if int(row["year"]) == year
    }


@cache
def exchange_rates() -> dict[int, float]:
    """Return CNY per USD by year; its years are those with published totals."""
    return {
        int(row["year"]): float(row["cny_per_usd"]) for row in rows("exchange_rates")
    }


def totals_year(year: int) -> int:
    """Return the year whose totals a table of a year has: its own, or the base year."""
    return year if year in exchange_rates() else BASE_YEAR


@dataclass(frozen=True)
class Concordance:
    """The sectors of the dataset and the sectors of the model that each is made of."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    is_power_supply: tuple[bool, ...]  # true where power is in it, alone or with others
    position: np.ndarray  # (42,), int: the aggregate of each sector of the model

    def sums(self, values: np.ndarray, axis: int) -> np.ndarray:
        """Return flows summed to the sectors of the dataset; `axis` has 42 sectors."""
        moved = np.moveaxis(values, axis, 0)
        result = np.zeros((len(self.ids), *moved.shape[1:]))
        np.add.at(result, self.position, moved)
        return np.moveaxis(result, 0, axis)


def build_concordance(count: int) -> Concordance:
    """Return the concordance from 42 sectors to `count`, 7 to 42.

    Sectors merge one pair at a time, in the order of sectors.csv and always
    within their group; with 7 sectors every group is one sector. The order is
    fixed, so each smaller list is an aggregate of every larger one.
    """
    if not MIN_SECTORS <= count <= MAX_SECTORS:
        raise CarbonshedError(
            f"a synthetic dataset cannot have {count} sectors: expected "
            f"{MIN_SECTORS} (one for each sector group) to {MAX_SECTORS}"
        )
    table = sectors()
    position = {sector_id: i for i, sector_id in enumerate(table.ids)}
    merges = range(1, MAX_SECTORS - count + 1)
    target = list(range(MAX_SECTORS))
    for merge in merges:
        source = table.merge_order.index(merge)
        into = position[table.merged_into[source]]
        target = [into if where == source else where for where in target]
    kept = sorted(set(target))
    members = {keeper: [i for i in target if i == keeper] for keeper in kept}
    whole = {
        keeper: len(members[keeper]) == table.groups.count(table.groups[keeper])
        for keeper in kept
    }
    return Concordance(
        ids=tuple(table.groups[k] if whole[k] else table.ids[k] for k in kept),
        names=tuple(_name(k, len(members[k]), whole[k]) for k in kept),
        groups=tuple(table.groups[k] for k in kept),
        is_power_supply=tuple(
            any(
                table.is_power_supply[i] for i, where in enumerate(target) if where == k
            )
            for k in kept
        ),
        position=np.array([kept.index(where) for where in target]),
    )


def _name(keeper: int, members: int, is_whole_group: bool) -> str:
    table = sectors()
    if members == 1:
        return table.names[keeper]
    if is_whole_group:
        return GROUP_NAMES[table.groups[keeper]]
    return f"{table.names[keeper]} (with {members - 1} more)"
