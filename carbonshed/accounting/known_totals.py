"""Published totals that catch a wrong unit.

A common factor on all blocks of a table cannot be seen from inside it: every
identity holds, every share is right, and every result is wrong by 1,000. So the sum
of a table in a published format is compared with a total that is known from
elsewhere. The totals are rows of ``known_totals.csv``, each with its source; years
between two rows are interpolated. CO2 of a single country is compared with what the
seed ``published_footprints`` has inside its borders.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.files import shipped_rows
from carbonshed.paths import seed_rows

# the nearest total serves for years at most this far from it, up to a factor
_NEAR = 10
_FAR = 10.0
_NATION = 2.0  # and its inverse: territory and residents differ by less
_TONNES_OF_MTC = 3.664e6  # as the macro tonnes_of_carbon has it
_SMALLEST = 1e-30  # a sum that is farther off is damaged: no unit is so small
_CARBON_DIOXIDE = re.compile(r"\bco2\b|carbon diox|\bco2_", re.I)
_NOT_CARBON_DIOXIDE = re.compile(r"co2[ -]?eq|gwp|ghg|greenhouse", re.I)


@dataclass(frozen=True)
class Kind:
    """A sum that can be compared."""

    title: str  # for messages
    series: str  # the series of known totals
    # ratios to the known total outside of which a table is refused, or a line warns
    refused: tuple[float, float]
    doubted: tuple[float, float]


KINDS = {
    "china_output": Kind("total output", "china_output", (0.75, 1.25), (0.9, 1.1)),
    "china_value_added": Kind(
        "total value added", "china_value_added", (0.75, 1.25), (0.9, 1.1)
    ),
    "china_co2": Kind("total CO2", "china_co2", (0.7, 1.2), (0.9, 1.1)),
    "world_final_demand": Kind(
        "world final demand", "world_gdp", (0.5, 2.0), (0.8, 1.2)
    ),
    "world_value_added": Kind("world value added", "world_gdp", (0.5, 2.0), (0.8, 1.2)),
    # about 1.9 times GDP in a world table
    "world_output": Kind("world output", "world_gdp", (1.0, 4.0), (1.6, 2.4)),
    "world_co2": Kind("world CO2", "world_co2", (0.6, 1.4), (0.85, 1.15)),
}


@dataclass(frozen=True)
class KnownTotal:
    """A known total of one year, in single currency units or tonnes."""

    value: float
    unit: str
    source: str


@cache
def _series() -> dict[str, dict[int, KnownTotal]]:
    """Return the known totals by series and year."""
    series: dict[str, dict[int, KnownTotal]] = {}
    for row in shipped_rows("carbonshed.accounting", "known_totals.csv"):
        value = float(row["value"]) * float(row["factor"])
        years = series.setdefault(row["series"], {})
        years[int(row["year"])] = KnownTotal(value, row["unit"], row["source"])
    return series


def known_total(series: str, year: int) -> KnownTotal | None:
    """Return the known total of a year, None if it lies outside the known years."""
    totals = _series()[series]
    if year in totals:
        return totals[year]
    before = max((y for y in totals if y < year), default=None)
    after = min((y for y in totals if y > year), default=None)
    if before is None or after is None:
        return None
    part = (year - before) / (after - before)
    value = totals[before].value * (1 - part) + totals[after].value * part
    source = f"between {before} and {after}: {totals[before].source}"
    return KnownTotal(value, totals[before].unit, source)


def check_total(
    kind: str,
    year: int,
    value: float,
    *,
    where: str,
    unit: float,
    declared: str | None = None,
) -> Decision:
    """Compare a sum with a known total; the text of the decision warns if in doubt.

    Up to ten years off the known ones, the nearest tells a wrong power of ten.

    Parameters
    ----------
    kind
        A key of `KINDS`, the code of the decision.
    value
        The sum, in single currency units or tonnes: already times the unit that the
        table is said to be in.
    where
        Reader, file and block, to begin the message with.
    unit
        The declared unit: 1e4 for 10^4 CNY, 1e6 for Mt. The message names the power of
        ten that would fit.
    declared
        Name of the declared unit, if it is not "10^4 CNY", "Mt" and the like.

    Raises
    ------
    CarbonshedError
        If the ratio is out of range.
    """
    rule = KINDS[kind]
    total = known_total(rule.series, year)
    years = sorted(_series()[rule.series])
    single = _series()[rule.series][years[0]].unit
    power = round(math.log10(unit))
    if declared is None:
        is_power = math.isclose(10.0**power, unit)
        declared = unit_name(power, single) if is_power else f"{unit:g} {single}"
    statement = f"{rule.title} is {amount(value, single)} in units of {declared}"
    if total is None:
        nearest = _nearest(years, year)
        if nearest is not None:
            text = _check_near(rule, nearest, value, power, (where, statement))
            return Decision(kind, text)
        return Decision(
            kind,
            f"WARNING: {rule.title} was not compared: no known total of {year} (there "
            f"are {years[0]} to {years[-1]}), so the unit {declared} is not "
            "checked",
        )
    ratio = value / total.value
    low, high = rule.refused
    expected = (
        f"{amount(low * total.value, single)} to "
        f"{amount(high * total.value, single)} in {year} ({total.source})"
    )
    if not low <= ratio <= high:
        fitting = _fitting_unit(ratio, rule.refused, power, single)
        raise CarbonshedError(f"{where}: {statement}; expected {expected}; {fitting}")
    verdict = (
        f"{statement}, {ratio:.2f} times the known total of {year} ({total.source})"
    )
    low, high = rule.doubted
    if not low <= ratio <= high:
        verdict = f"WARNING: {verdict}; expected {low:g} to {high:g} times"
    return Decision(kind, verdict)


def _nearest(years: Iterable[int], year: int) -> int | None:
    """Return the nearest of some years, None if it is more than ten years off."""
    nearest = min(years, key=lambda there: abs(there - year), default=None)
    return nearest if nearest is not None and abs(nearest - year) <= _NEAR else None


def _check_near(
    rule: Kind, year: int, value: float, power: int, texts: tuple[str, str]
) -> str:
    """Refuse a sum that is not of the size of the total of the nearest year.

    Nothing grew tenfold within ten years, so a thousandfold is a wrong unit.
    """
    where, statement = texts
    total = _series()[rule.series][year]
    middle = math.sqrt(rule.refused[0] * rule.refused[1])
    ratio = value / total.value
    if not middle / _FAR <= ratio <= middle * _FAR:
        around = (middle / math.sqrt(10), middle * math.sqrt(10))
        raise CarbonshedError(
            f"{where}: {statement}, {ratio:.2g} times the known total of {year}, the "
            f"nearest year ({total.source}); expected the same size; "
            f"{_fitting_unit(ratio, around, power, total.unit)}"
        )
    return (
        f"WARNING: {statement}, {ratio:.2f} times the known total of "
        f"{year}, the nearest year ({total.source}): this detects a factor of "
        "1,000, no smaller one"
    )


@dataclass(frozen=True)
class Waiver:
    """A word by which the user says that a total is only a part of the world's."""

    is_given: bool
    word: str  # for the refusal


def check_world(
    table: MatrixTable,
    where: str,
    *,
    money: Waiver | None = None,
    carbon: Waiver | None = None,
) -> Iterator[Decision]:
    """Compare demand, output and CO2 of a table of the world with known totals.

    Yield a decision on each. Without a waiver, or one that is not given, a wrong unit
    is refused.
    """
    block, year = table.descriptor["mrio"], table.year
    currency, unit = block["currency"], block["currency_unit"]
    per_usd = block.get("currency_per_usd", {}).get(str(year))
    rate = 1 / per_usd if per_usd else usd_per_unit(currency, year)
    if rate is None:
        text = (
            "WARNING: money was not compared with the world's: no rate of "
            f"{currency} in {year} is known"
        )
        yield Decision("not_compared", text)
    else:
        demand = float(table.final_demand.sum())
        output = float(table.transactions.sum()) + demand
        facts = {"where": where, "unit": unit, "declared": f"{unit:,.0f} {currency}"}
        for kind, value in (("world_final_demand", demand), ("world_output", output)):
            usd = value * unit * rate
            yield _compared(kind, year, usd, money, "economy", **facts)
    yield _check_carbon(table, where, carbon)


def check_nation(table: MatrixTable) -> Iterator[Decision]:
    """Compare CO2 of a table of one country with its published emissions.

    The text warns where it is not of their size, since the unit may be wrong, or the
    table be of a part of the country. There is no decision where nothing is published
    within ten years.
    """
    country, carbon = table.descriptor["mrio"]["country"], _carbon_dioxide(table)
    published = _published_of_nations().get(country, {})
    year = _nearest(published, table.year)
    if carbon is None or year is None:
        return
    key, tonnes, unit = carbon
    ratio = tonnes / published[year].value
    text = (
        f"{key!r} is {amount(tonnes, 't')} by `unit: {unit}`, {ratio:.3g} times the "
        f"{amount(published[year].value, 't')} of {country} in {year} "
        f"({published[year].source})"
    )
    if not 1 / _NATION <= ratio <= _NATION:
        text = (
            f"WARNING: {text}; expected about as much: is it another unit, or a part "
            "of the country?"
        )
    yield Decision("national_co2", text)


@cache
def _published_of_nations() -> dict[str, dict[int, KnownTotal]]:
    """Return emissions inside the borders of nations by country and year."""
    nations: dict[str, dict[int, KnownTotal]] = {}
    for row in seed_rows("published_footprints", "territorial_mtc"):
        if row["stressor_id"] == "co2" and row["territorial_mtc"]:
            tonnes = float(row["territorial_mtc"]) * _TONNES_OF_MTC
            total = KnownTotal(tonnes, "t", row["source"])
            nations.setdefault(row["country_id"], {})[int(row["year"])] = total
    return nations


def _check_carbon(table: MatrixTable, where: str, waiver: Waiver | None) -> Decision:
    carbon = _carbon_dioxide(table)
    if carbon is None:
        return Decision(
            "not_compared",
            "WARNING: no stressor is carbon dioxide by its name, so no emissions "
            "were compared with the world's",
        )
    key, tonnes, unit = carbon
    facts = {"where": f"{where}: {key!r}", "unit": TONNES_PER_UNIT[unit]}
    return _compared("world_co2", table.year, tonnes, waiver, "CO2", **facts)


def _carbon_dioxide(table: MatrixTable) -> tuple[str, float, str] | None:
    """Return the largest stressor of carbon dioxide, its tonnes and its unit."""
    totals = []
    for row in table.stressors:
        key = row["stressor_id"]
        is_carbon = _is_carbon_dioxide(key, row["stressor_name"])
        is_mass = row["unit"] in TONNES_PER_UNIT
        if is_carbon and is_mass and key in table.emissions:
            direct = table.direct_emissions.get(key)
            own = 0.0 if direct is None else float(direct.sum())
            amount_of_unit = float(table.emissions[key].sum()) + own
            tonnes = amount_of_unit * TONNES_PER_UNIT[row["unit"]]
            totals.append((key, tonnes, row["unit"]))
    return max(totals, key=lambda total: total[1], default=None)


def _compared(
    kind: str, year: int, value: float, waiver: Waiver | None, what: str, **facts: Any
) -> Decision:
    """Return the decision on a total, also on one that would be refused but for a word.

    `facts` are of `check_total`.
    """
    try:
        return check_total(kind, year, value, **facts)
    except CarbonshedError as refusal:
        if waiver is None:
            raise
        if not waiver.is_given:
            raise CarbonshedError(
                f"{refusal}; if only a part of the world's {what} is meant, say "
                f"{waiver.word}"
            ) from None
        return Decision(kind, f"WARNING, accepted: {refusal}")


def _is_carbon_dioxide(*names: str) -> bool:
    """Return True if a part of a name is carbon dioxide, and no equivalent of it."""
    parts = [part for name in names for part in re.split(r" \| | \+ ", name)]
    return any(
        _CARBON_DIOXIDE.search(part) and not _NOT_CARBON_DIOXIDE.search(part)
        for part in parts
    )


def usd_per_unit(currency: str, year: int) -> float | None:
    """Return the USD that one unit of a currency was worth, None without a rate."""
    return 1.0 if currency == "USD" else _rates().get((currency, year))


@cache
def _rates() -> dict[tuple[str, int], float]:
    rows = shipped_rows("carbonshed.accounting", "usd_per_currency.csv")
    return {(row["currency"], int(row["year"])): float(row["usd"]) for row in rows}


def amount(value: float, unit: str) -> str:
    """Return an amount with a word for its size: 160 trillion CNY, 9,740 Mt."""
    if unit == "t":
        return f"{_number(value / 1e6)} Mt"
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{_number(value / size)} {word} {unit}"
    return f"{_number(value)} {unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.4g}"


def unit_name(power: int, unit: str) -> str:
    """Return a unit by its power of ten: 10^4 CNY, Mt."""
    masses = {-3: "kg", 0: "t", 3: "kt", 6: "Mt", 9: "Gt"}
    if unit == "t" and power in masses:
        return masses[power]
    return f"10^{power} {unit}" if power else f"1 {unit}"


def _fitting_unit(
    ratio: float, limits: tuple[float, float], power: int, unit: str
) -> str:
    """Return the power of ten that would bring the sum into range."""
    low, high = limits
    if _SMALLEST < ratio < 1 / _SMALLEST:
        shift = -round(math.log10(ratio / math.sqrt(low * high)))
        if shift and low <= ratio * 10.0**shift <= high:
            return f"the unit that would fit is {unit_name(power + shift, unit)}"
    return "no power of ten would make it fit"
