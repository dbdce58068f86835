"""CO2 of cities known in total only, spread over sectors: a stand-in, and marked so.

CEADs gives totals for 290 cities and no sectors. The total of a city is spread in
proportion to what its sectors buy from those that mine, refine and deliver fuels.
"""

import re

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.inventories.cities import CityInventory
from carbonshed.readers.ceads.names import listed, plain_province

SPREAD = "spread-city-totals"
_ENDINGS = ("自治州", "地区", "市", "盟")
# 恩施 of 恩施土家族苗族自治州: a prefecture bears the names of its peoples
_PEOPLES = re.compile(r"(?:.{1,3}族)+")


def fuel_weights(
    transactions: np.ndarray, output: np.ndarray, sectors: list[dict]
) -> np.ndarray:
    """Return the share of each sector in the fuel that its region buys.

    What fuel sectors buy from each other is raw material for the most part, and left
    out. A region that buys no fuel at all is spread by output.

    Parameters
    ----------
    transactions : ndarray, shape (n, n)
    output : ndarray, shape (n,)
    sectors : list of dict
        Rows with `sector_group` and `is_power_supply`, in order.

    Returns
    -------
    ndarray, shape (R, S)
        Not negative; rows add up to 1, or to 0 in a region without any output.
    """
    is_fuel = np.array(
        [
            row["sector_group"] == "energy" and not row["is_power_supply"]
            for row in sectors
        ]
    )
    shape = (len(output) // len(sectors), len(sectors))
    origins = np.flatnonzero(np.tile(is_fuel, shape[0]))
    bought = np.zeros(len(output))
    for origin in origins:
        bought += transactions[origin]
    weights = np.where(is_fuel, 0.0, bought.reshape(shape).clip(min=0.0))
    by_output = output.reshape(shape).clip(min=0.0)
    sums = weights.sum(axis=1, keepdims=True)
    weights = np.where(sums > 0, weights, by_output)
    sums = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)


def match_cities(
    inventory: CityInventory, year: int, regions: list[dict], file: str
) -> tuple[np.ndarray, list[str]]:
    """Find the total of each region.

    Parameters
    ----------
    inventory
        The city inventory.
    year
        Which year of it.
    regions
        Rows with region_id, region_name and parent_region_id, in order.
    file
        The file of the regions, for messages.

    Returns
    -------
    totals : ndarray, shape (R,), Mt
        0 where the inventory has nothing.
    decisions : list of str
        Which regions and which cities found no match.

    Raises
    ------
    CarbonshedError
        If the inventory has no such year, or less than half of the regions have a
        value.
    """
    found = inventory.of_year(year)
    if not found:
        years = ", ".join(map(str, inventory.years))
        raise CarbonshedError(
            f"{inventory.file}: no value of the year {year}; there are {years}"
        )
    names = {_plain(city): city for city in found}
    totals, used = np.zeros(len(regions)), set()
    missing = []
    for position, row in enumerate(regions):
        key = next((name for name in _names(row) if name in names), None)
        if key is None or key in used:
            missing.append(str(row["region_name"]))
            continue
        used.add(key)
        totals[position] = found[names[key]]
    if 2 * len(used) < len(regions):
        raise CarbonshedError(
            f"{inventory.file}: {len(used)} of {len(regions)} regions of {file} have a "
            f"value of {year} there, {listed(missing)} have none; expected region_name "
            f"to be province and city in Chinese, as in {listed(list(found), 3)}"
        )
    left = [city for name, city in names.items() if name not in used]
    lost = sum(found[city] for city in left)
    decisions = []
    if missing:
        decisions.append(
            f"WARNING: {len(missing)} regions have no total of {year} in "
            f"{inventory.file} and count as 0: {listed(missing)}"
        )
    if left:
        decisions.append(
            f"WARNING: {len(left)} cities of {inventory.file} are no region and are "
            f"left out, {lost:,.1f} Mt: {listed(left)}"
        )
    return totals, decisions


def _names(row: dict) -> list[str]:
    """Return what an inventory may call a region; provinces stand before cities."""
    parent = plain_province(row["parent_region_id"] or "")
    plain = _plain(row["region_name"])
    short = [
        plain[:length]
        for length in range(len(plain) - 1, 1, -1)
        if _PEOPLES.fullmatch(plain[length:])
    ]
    names = [plain, *short]
    return [*(parent + name for name in names), *names, _plain(row["region_id"])]


def _plain(name: str) -> str:
    plain = "".join(name.split()).casefold()
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) > len(ending) + 1:
            return plain.removesuffix(ending)
    return plain
