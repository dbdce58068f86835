"""Totals of a world table against what is known of the world, and what was dropped."""

import csv
import math
import re
from functools import cache
from importlib import resources

from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.known_totals import check_total

ACCEPT_TOTALS = "co2-total"
ACCEPT_LOSSES = "losses"

# more of anything than this share may not go missing unnoticed
_LARGEST_LOSS = 1e-3

_CARBON_DIOXIDE = re.compile(r"\bco2\b|carbon diox|\bco2_", re.I)
_NOT_CARBON_DIOXIDE = re.compile(r"co2[ -]?eq|gwp|ghg|greenhouse", re.I)


@cache
def _rates() -> dict[tuple[str, int], float]:
    file = resources.files("carbonshed.readers.world") / "usd_per_currency.csv"
    with file.open(encoding="utf-8", newline="") as text:
        return {
            (row["currency"], int(row["year"])): float(row["usd"])
            for row in csv.DictReader(text)
        }


def usd_per_unit(currency: str, year: int) -> float | None:
    """Return how many USD one unit of a currency was worth, None if not known."""
    return 1.0 if currency == "USD" else _rates().get((currency, year))


def check_world(table: MatrixTable, where: str, accept: frozenset[str]) -> None:
    """Compare demand, output and CO2 of a world table with known totals.

    Adds a sentence for each to the decisions.

    Raises
    ------
    CarbonshedError
        If one is out of range: then a unit is wrong.
    """
    _check_money(table, where)
    _check_carbon(table, where, accept)


def _check_money(table: MatrixTable, where: str) -> None:
    block = table.descriptor["mrio"]
    currency, unit = block["currency"], block["currency_unit"]
    rate = usd_per_unit(currency, table.year)
    if rate is None:
        table.decisions.append(
            f"WARNING: money was not compared with the world's: no rate of {currency} "
            f"in {table.year} is known"
        )
        return
    demand = float(table.final_demand.sum())
    output = float(table.transactions.sum()) + demand
    for kind, value in (("world_final_demand", demand), ("world_output", output)):
        table.decisions.append(
            check_total(
                kind,
                table.year,
                value * unit * rate,
                where=where,
                power=round(math.log10(unit)),
                declared=f"{unit:,.0f} {currency}",
            )
        )


def _check_carbon(table: MatrixTable, where: str, accept: frozenset[str]) -> None:
    totals = {}
    for row in table.stressors:
        if _is_carbon_dioxide(row["stressor_id"], row["stressor_name"]):
            key = row["stressor_id"]
            direct = table.direct_emissions.get(key)
            own = 0.0 if direct is None else float(direct.sum())
            tonnes = float(table.emissions[key].sum()) + own
            totals[key] = tonnes * TONNES_PER_UNIT[row["unit"]], row["unit"]
    if not totals:
        table.decisions.append(
            "WARNING: no stressor is carbon dioxide by its name, so no emissions were "
            "compared with the world's"
        )
        return
    key = max(totals, key=lambda name: totals[name][0])
    tonnes, unit = totals[key]
    power = round(math.log10(TONNES_PER_UNIT[unit]))
    try:
        sentence = check_total(
            "world_co2", table.year, tonnes, where=f"{where}: {key!r}", power=power
        )
    except CarbonshedError as refusal:
        if ACCEPT_TOTALS not in accept:
            raise CarbonshedError(
                f"{refusal}; if only a part of the world's CO2 is meant, say --accept "
                f"{ACCEPT_TOTALS}"
            ) from None
        sentence = f"WARNING, accepted: {refusal}"
    table.decisions.append(sentence)


def _is_carbon_dioxide(*names: str) -> bool:
    """Return whether a part of a name says so; equivalents are another matter."""
    parts = [part for name in names for part in re.split(r" \| | \+ ", name)]
    return any(
        _CARBON_DIOXIDE.search(part) and not _NOT_CARBON_DIOXIDE.search(part)
        for part in parts
    )


def check_losses(
    what: str,
    losses: dict[str, tuple[float, float]],
    where: str,
    accept: frozenset[str],
) -> list[str]:
    """List what went with regions or sectors that the parser dropped.

    Parameters
    ----------
    what
        What was dropped.
    losses
        Lost amount and what there is of it altogether, by name.

    Returns
    -------
    list of str
        The sentence for the decisions.

    Raises
    ------
    CarbonshedError
        If more than 0.1 % of one is lost, unless `accept` allows it.
    """
    shares = {
        name: abs(lost) / abs(total) if total else float(lost != 0)
        for name, (lost, total) in losses.items()
    }
    parts = ", ".join(
        f"{name} {losses[name][0]:,.6g} ({100 * share:.3g} %)"
        for name, share in shares.items()
    )
    sentence = f"{what} dropped, with them {parts}"
    if max(shares.values(), default=0.0) <= _LARGEST_LOSS:
        return [sentence]
    if ACCEPT_LOSSES not in accept:
        raise CarbonshedError(
            f"{where}: {sentence}; expected at most {100 * _LARGEST_LOSS:g} % of each; "
            f"--accept {ACCEPT_LOSSES} takes the table without them"
        )
    return [f"WARNING, accepted: {sentence}"]
