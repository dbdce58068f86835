"""Power that states sell to each other: net flows of the EIA, by seller and buyer.

The State Energy Data System has for each state what flows in from other states, or out
to them, on balance and with the losses of making it. So no state both sells and buys,
and what is made here is the least trade that there can be. Partners are not published:
within an interconnection sellers fill a pool, from which buyers draw; what is over goes
to the buyers of the other interconnections that their own sellers leave short.
"""

from typing import NamedTuple

import numpy as np

from carbonshed.accounting.ras import divide, shares_within
from tools.usa_states import read_source

BTU_PER_WH = 3.412  # the EIA's heat content of electricity
EVERY_PLANT = "Total Electric Power Industry"
# plants that make power for their own use; the EIA leaves them out of the power sector
OWN_PLANTS = (
    "Combined Heat and Power, Industrial Power",
    "Combined Heat and Power, Commercial Power",
)


class Power(NamedTuple):
    """Power of the states in a year, GWh, in the order of their postal codes."""

    states: list[str]
    interconnections: list[str]
    generation: np.ndarray  # (R,)
    supply: np.ndarray  # (R,), generation and net imports from abroad
    purchases: np.ndarray  # (R,), from other states
    sales: np.ndarray  # (R,), to other states
    shares: np.ndarray  # (R, R), of a seller's supply that goes to a buyer


def trade(year: int) -> Power:
    """Return what the states sell to each other in 2011, 2012, 2014 or 2016."""
    column = str(year)
    interconnection = {
        row["state"]: row["interconnection"]
        for row in read_source("interconnections.csv")
    }
    states = sorted(interconnection)
    grids = [interconnection[state] for state in states]
    heat = {  # billion Btu
        (row["State"], row["MSN"]): float(row[column])
        for row in read_source("eia_seds_electricity.csv")
    }
    net, abroad, used = (
        np.array([heat[state, series] for state in states])
        for series in ("ELISB", "ELNIB", "TEEIB")
    )
    made = dict.fromkeys(states, 0.0)
    for row in read_source("eia_generation.csv"):
        state = row["State"]
        if row["Year"] == column and state in made:
            sign = {EVERY_PLANT: 1} | dict.fromkeys(OWN_PLANTS, -1)
            made[state] += sign[row["Producer"]] * float(row["MWh"]) / 1e3
    generation = np.array(list(made.values()))
    supply = generation + abroad / BTU_PER_WH
    # heat that leaves over heat that is put in: so large a part of the power leaves
    sales = divide(np.maximum(-net, 0.0), used + abroad) * supply
    bought = np.maximum(net, 0.0)
    purchases = bought / bought.sum() * sales.sum()
    pool = np.unique(grids, return_inverse=True)[1]
    shares = divide(pair(sales, purchases, pool), supply[:, None])
    return Power(states, grids, generation, supply, purchases, sales, shares)


def pair(sales: np.ndarray, purchases: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Return who delivers how much to whom, (R, R), from what all sell and buy.

    Parameters
    ----------
    sales, purchases
        Shape (R,), with the same sum; nobody has both.
    pool
        The number of each region's pool, shape (R,). A pool meets its purchases with
        its own sales as far as they go.
    """
    sold, bought = (np.bincount(pool, amounts) for amounts in (sales, purchases))
    inside = np.minimum(sold, bought)
    of_seller = shares_within(sales, pool)
    of_buyer = shares_within(purchases, pool)
    within = (pool[:, None] == pool) * np.outer(of_seller * inside[pool], of_buyer)
    over = of_seller * (sold - inside)[pool]
    short = of_buyer * (bought - inside)[pool]
    return within + np.outer(over, divide(short, short.sum()))
