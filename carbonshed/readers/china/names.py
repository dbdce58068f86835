"""Names of China's provinces, and of the sectors and users of its tables.

Published workbooks name them in Chinese or in English, and not always alike; both
lists are tables beside this module, with the other names that occur.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from carbonshed.files import shipped_rows
from carbonshed.readers.files.yaml_files import YamlFile, read_yaml
from carbonshed.readers.vocabulary import nearest_name

CURRENCY_UNIT = 1e4  # tables are in 10^4 CNY
FIRST_YEAR_OF_NEW_SECTORS = 2016
# code of a user in final demand: its name and group
FINAL_DEMAND = {
    "FU101": ("Rural households", "household"),
    "FU102": ("Urban households", "household"),
    "FU103": ("Government", "government"),
    "FU201": ("Fixed capital formation", "investment"),
    "FU202": ("Changes in inventories", "inventory"),
}
CO2 = {"stressor_id": "co2", "stressor_name": "Carbon dioxide"}  # without its unit
_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


@dataclass(frozen=True)
class Province:
    """A province; `region_id` is its code in GB/T 2260."""

    region_id: str
    region_name: str
    name_zh: str
    aliases: tuple[str, ...]
    longitude: float
    latitude: float

    def item(self, labels: Iterable[str]) -> dict[str, object]:
        """Return the province for a map, under the labels of its table."""
        return {
            "region_id": self.region_id,
            "region_name": self.region_name,
            "region_type": "province",
            "longitude": str(self.longitude),
            "latitude": str(self.latitude),
            "label": list(labels),
        }


@dataclass(frozen=True)
class ChinaSector:
    """One of the 42 sectors; `sector_id` is its code in the list of the year."""

    sector_id: str
    sector_name: str
    name_zh: str
    sector_group: str
    is_power_supply: bool
    aliases: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names of the sector."""
        return (self.sector_name, self.name_zh, *self.aliases)

    def item(self, sector_id: str, names: Sequence[str]) -> dict[str, object]:
        """Return the sector for a map, under a code and names of its table."""
        return {
            "sector_id": sector_id,
            "sector_name": names[0],
            "sector_group": self.sector_group,
            "is_power_supply": str(self.is_power_supply).lower(),
            "label": list(names[1:]),
        }


@cache
def provinces() -> tuple[Province, ...]:
    """Return the 31 provinces in the order of their codes."""
    return tuple(
        Province(
            row["region_id"],
            row["region_name"],
            row["name_zh"],
            _split(row["aliases"]),
            float(row["longitude"]),
            float(row["latitude"]),
        )
        for row in read_packaged("china_provinces.csv")
    )


def province_named(name: str) -> Province | None:
    """Return the province of a Chinese or English name, None if there is none."""
    return _provinces_by_name().get(plain_province(name))


def plain_province(name: str) -> str:
    """Return a name without the word for province, blanks and case."""
    plain = re.sub(r"[\W_]+", "", name).casefold()
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) > len(ending):
            return plain.removesuffix(ending)
    return plain


@cache
def _provinces_by_name() -> dict[str, Province]:
    return {
        plain_province(name): province
        for province in provinces()
        for name in (
            province.region_id,
            province.region_name,
            province.name_zh,
            *province.aliases,
        )
    }


def sector_list_of(year: int) -> str:
    """Return the list of 42 sectors that the tables of a year use: 2012 or 2017."""
    return "2012" if year < FIRST_YEAR_OF_NEW_SECTORS else "2017"


@cache
def sectors_of(sector_list: str) -> tuple[ChinaSector, ...]:
    """Return the 42 sectors of a list, in order.

    The list is ``2012`` (tables of 2012 and 2015) or ``2017`` (2017, 2018, 2020): the
    same codes mean other sectors from 22 to 36.
    """
    return tuple(
        ChinaSector(
            row["sector_id"],
            row["sector_name"],
            row["name_zh"],
            row["sector_group"],
            row["is_power_supply"] == "true",
            _split(row["aliases"]),
        )
        for row in read_packaged("china_sectors.csv")
        if row["list"] == sector_list
    )


def sector_named(name: str, sector_list: str) -> ChinaSector | None:
    """Return the sector with the nearest name, None if no name is near enough."""
    sectors = sectors_of(sector_list)
    index = nearest_name(name, tuple(sector.names for sector in sectors))
    return None if index is None else sectors[index]


def map_of(name: str, **keys: str | list) -> YamlFile:
    """Return a shipped map, with final demand and keys that are not in the file."""
    file = read_yaml(Path(__file__).with_name(name))
    file.content.update(categories=category_rows(), **keys)
    return file


def read_packaged(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that the readers ship."""
    return shipped_rows("carbonshed.readers.china", name)


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(alias for alias in aliases.split("|") if alias)


def sector_rows(sectors: Iterable[ChinaSector]) -> list[dict[str, str | bool]]:
    """Return rows of the contract for sectors."""
    return [
        {
            "sector_id": sector.sector_id,
            "sector_name": sector.sector_name,
            "sector_group": sector.sector_group,
            "is_power_supply": sector.is_power_supply,
        }
        for sector in sectors
    ]


def category_rows() -> list[dict[str, str]]:
    """Return rows of the contract for users in final demand."""
    return [
        {"category_id": code, "category_name": name, "category_group": group}
        for code, (name, group) in FINAL_DEMAND.items()
    ]
