"""Production and purchases of each region before trade: industries and final demand."""

import numpy as np

from carbonshed.synthetic.facts import sectors
from carbonshed.synthetic.geography import Geography
from carbonshed.synthetic.streams import normals
from carbonshed.synthetic.technology import Nation, balance

# final demand per head rises with GDP per head by this power; spread: log sd
DEMAND_ELASTICITY = (0.70, 0.90, 0.85, 1.07, 1.00)
DEMAND_SPREAD = (0.10, 0.08, 0.10, 0.25, 0.15)

# an industry of a city departs from its rule together with its group
SHARED_BY_GROUP = 0.6

EXPORT_PORT_LOADING = 0.6


def target_output(land: Geography, nation: Nation, seed: int) -> np.ndarray:
    """Return the output that each region aims at, by good, (R, n), million CNY.

    A sector's output per head follows income, a field of the land and chance; it is
    zero where an industry is absent. RAS then gives every region its GDP and every
    sector its national output.
    """
    facts, table = sectors().numbers, sectors()
    field = np.array([land.fields[name] for name in table.fields]).T
    log_output = (
        land.income[:, None] * facts["income_elasticity"]
        + field * facts["field_loading"]
        + facts["spread"] * _industry_noise(len(land.names), seed)
    )
    output = land.population[:, None] * np.exp(log_output)
    output[absent(land, seed)] = 0.0
    value_added = nation.output * (1.0 - nation.technology.sum(axis=0))
    weighted = output / output.sum(axis=0) * value_added
    gdp = land.gdp * (value_added.sum() / land.gdp.sum())
    balanced = balance(weighted, gdp, value_added)
    return balanced / value_added * nation.output


def absent(land: Geography, seed: int) -> np.ndarray:
    """Return which cities lack which industry, ndarray of bool, shape (R, n).

    The cities worst placed lack it, a fixed share of them; at least one city
    keeps it and remainder regions have everything.
    """
    table = sectors()
    is_absent = np.zeros((len(land.names), len(table.ids)), dtype=bool)
    city = np.flatnonzero(~land.is_remainder)
    for j, share in enumerate(table.numbers["absent_share"]):
        field_value = land.fields[table.fields[j]][city]
        chance = normals(seed, f"absent {table.ids[j]}", len(city))
        count = min(round(share * len(city)), len(city) - 1)
        is_absent[city[np.argsort(field_value + chance, kind="stable")[:count]], j] = (
            True
        )
    return is_absent


def final_demand(land: Geography, nation: Nation, seed: int) -> np.ndarray:
    """Return final demand, (R, n, 5), million CNY, imported goods included.

    Every category has the nation's make-up and its total.
    """
    noise = normals(seed, "demand", len(land.names), len(DEMAND_ELASTICITY))
    level = land.population[:, None] * np.exp(
        land.income[:, None] * np.array(DEMAND_ELASTICITY)
        + noise * np.array(DEMAND_SPREAD)
    )
    level /= level.sum(axis=0)
    return level[:, None, :] * nation.demand


def exports(output: np.ndarray, land: Geography, nation: Nation) -> np.ndarray:
    """Return exports by region and sector, (R, n), million CNY, to the national totals.

    The odds of selling abroad rise towards the coast; as odds they never take
    more than is made.
    """
    odds = np.exp(EXPORT_PORT_LOADING * land.fields["port"])[:, None]
    level = nation.exports / (nation.output - nation.exports)
    for _ in range(100):
        share = level * odds / (1.0 + level * odds)
        total = (share * output).sum(axis=0)
        correction = np.divide(
            nation.exports, total, out=np.ones_like(total), where=total > 0
        )
        if np.abs(correction - 1.0).max() < 1e-13:
            break
        level = level * correction
    return share * output * correction


def _industry_noise(regions: int, seed: int) -> np.ndarray:
    table = sectors()
    groups = sorted(set(table.groups))
    by_group = normals(seed, "industry groups", regions, len(groups))
    own = normals(seed, "industries", regions, len(table.ids))
    shared = by_group[:, [groups.index(group) for group in table.groups]]
    return SHARED_BY_GROUP * shared + (1.0 - SHARED_BY_GROUP**2) ** 0.5 * own
