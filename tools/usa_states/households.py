"""Households of the states by income: tenths of the nation's households, 2016.

Who belongs to a tenth is counted: the Census Bureau has the households of every state
by classes of income. What a tenth buys is estimated: the Consumer Expenditure Survey
says how each kind of spending is shared out among the tenths, the national accounts how
much of it there is. So a kind that people report too little of is corrected, and a
tenth that reports too little is not. All states have the same profile per tenth.

Prices that purchasers pay contain what trade and transport earn: the bridge of the
national accounts takes that out, kind by kind, and the supply table says which
industries make the products.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from carbonshed.usa_states import DATA
from tools.usa_states import read_source

TENTHS = {
    "d01": "Lowest",
    "d02": "Second",
    "d03": "Third",
    "d04": "Fourth",
    "d05": "Fifth",
    "d06": "Sixth",
    "d07": "Seventh",
    "d08": "Eighth",
    "d09": "Ninth",
    "d10": "Highest",
}
CLASSES = (
    *("under_10", "10_to_15", "15_to_25", "25_to_35", "35_to_50"),
    *("50_to_75", "75_to_100", "100_to_150", "150_to_200", "over_200"),
)
INCOME = "Money income before taxes"
CAR_FUEL = ("Gasoline and motor oil",)
HOME_FUEL = ("Natural gas", "Fuel oil and other fuels")
ELECTRICITY = ("Electricity",)
# nearly all CO2 of these is from power stations: 99.9, 82 and 99 %. Shares of all they
# sell, of water, lotteries, tolls and post, would hand it to others than buy the power
POWER_STATIONS = ("22", "GSLE", "GFE")
WHOLESALE = ("42",)
# by line of the bridge: dealers sell cars, groceries and supermarkets food
RETAIL = dict.fromkeys((5, 6, 7, 16), ("441",)) | dict.fromkeys(
    (27, 28, 29), ("445", "452")
)
OTHER_RETAIL = ("452", "4A0")
NOT_MADE_HERE = ("Used", "Other", "T017")  # used goods, imports only, the total


class Households(NamedTuple):
    """Tenths of the nation's households, lowest income first, in all states."""

    people: np.ndarray  # (S, 10)
    income: np.ndarray  # (10,), before taxes, USD per head
    spending: np.ndarray  # (I, 10), on industries' products, USD per head
    car_fuel: np.ndarray  # (10,), spending on gasoline, USD per head
    home_fuel: np.ndarray  # (10,), spending on natural gas, heating oil and other


class Survey:
    """Items of the Consumer Expenditure Survey: totals and shares of the tenths."""

    def __init__(self) -> None:
        self._values = {
            row["item"]: np.array([float(row[key] or 0) for key in ("all", *TENTHS)])
            for row in read_source("bls_ce_deciles_2016.csv")
        }

    def mean(self, item: str) -> np.ndarray:
        """Return the mean of a tenth's households, (10,)."""
        return self._values[item][1:]

    def dollars(self, items: Sequence[str]) -> np.ndarray:
        """Return what each tenth spends on, or has of, some items, (10,), in USD."""
        million, percent = np.split(np.array([self._values[i] for i in items]), [1], 1)
        return (million * percent / 100).sum(axis=0) * 1e6

    def shares(self, items: Sequence[str]) -> np.ndarray:
        """Return the shares of the tenths in some items, (10,)."""
        dollars = self.dollars(items)
        return dollars / dollars.sum()


def households(population: Mapping[str, int], industries: Sequence[str]) -> Households:
    """Return the tenths of 2016 in states with these people, in their order."""
    survey = Survey()
    people = _people(survey, population)
    tenths = people.sum(axis=0)
    return Households(
        people,
        survey.dollars([INCOME]) / tenths,
        _spending(survey, industries) / tenths,
        survey.dollars(CAR_FUEL) / tenths,
        survey.dollars(HOME_FUEL) / tenths,
    )


def _people(survey: Survey, population: Mapping[str, int]) -> np.ndarray:
    """Return people by state and tenth, (S, 10).

    The classes of income are laid end to end and cut into equal tenths of the nation's
    households; a class that a cut crosses is split alike in every state.
    """
    rows = {row["state"]: row for row in read_source("census_acs_2016_s1901.csv")}
    percent = np.array([[float(rows[s][name]) for name in CLASSES] for s in population])
    counts = np.array([float(rows[state]["households"]) for state in population])
    by_class = percent / percent.sum(axis=1, keepdims=True) * counts[:, None]
    ends = np.append(0.0, by_class.sum(axis=0).cumsum())
    cuts = ends[-1] * np.arange(11) / 10
    both = np.minimum(ends[1:, None], cuts[1:]) - np.maximum(ends[:-1, None], cuts[:-1])
    by_tenth = by_class @ (np.maximum(both, 0.0) / np.diff(ends)[:, None])
    persons = by_tenth * survey.mean("People")
    # persons per household are the nation's, printed with one decimal
    scale = np.array(list(population.values())) / persons.sum(axis=1)
    return persons * scale[:, None]


def _spending(survey: Survey, industries: Sequence[str]) -> np.ndarray:
    """Return spending by industry and tenth, (I, 10), in USD.

    Purchases abroad and those of non-profit bodies have no items in the survey.
    """
    table = _supply()
    items_of = {
        int(row["line"]): row["items"].split(";")
        for row in read_source("pce_survey_items.csv")
    }
    products = {product: np.zeros(len(TENTHS)) for product in table}
    transport, trade = (_margins(table, column) for column in ("Trans", "Trade"))
    for row in read_source("bea_pce_bridge_2016.csv"):
        line = int(row["line"])
        if line not in items_of:
            continue
        shares = survey.shares(items_of[line])
        products[row["commodity"]] += float(row["producers_value"]) * shares
        for margin, earned, sellers in (
            ("transport", transport, tuple(transport)),
            ("wholesale", trade, WHOLESALE),
            ("retail", trade, RETAIL.get(line, OTHER_RETAIL)),
        ):
            amount = float(row[margin]) / sum(earned[seller] for seller in sellers)
            for seller in sellers:
                products[seller] += amount * earned[seller] * shares
    spending = sum(
        np.outer(_makers(row, industries), products[product])
        for product, row in table.items()
        if product not in NOT_MADE_HERE
    )
    power = [industries.index(industry) for industry in POWER_STATIONS]
    spending[power] = np.outer(spending[power].sum(axis=1), survey.shares(ELECTRICITY))
    return spending * 1e6


def _supply() -> dict[str, dict[str, str]]:
    """Return the nation's supply table, its rows by product."""
    return {row[""]: row for row in read_source("supply_2016.csv", DATA / "table")}


def _margins(table: Mapping[str, Mapping[str, str]], column: str) -> dict[str, float]:
    """Return who earns the margins of a column, which are negative there."""
    amounts = {
        product: -float(row[column] or 0)
        for product, row in table.items()
        if product not in NOT_MADE_HERE
    }
    return {product: amount for product, amount in amounts.items() if amount > 0}


def _makers(row: Mapping[str, str], industries: Sequence[str]) -> np.ndarray:
    """Return the shares of industries in making a product, (I,)."""
    made = np.array([max(float(row[industry] or 0), 0.0) for industry in industries])
    return made / made.sum()
