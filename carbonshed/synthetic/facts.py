"""The facts that the model starts from, read from CSV files."""

from dataclasses import dataclass
from functools import cache

import numpy as np

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
BASE_YEAR = 2012  # of all facts but the totals


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
