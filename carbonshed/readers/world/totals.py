"""Totals of a world table: compared with known ones, and lost in the parser."""

import math
import re
from collections.abc import Callable

import numpy as np

from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.world.reading import Reading
from carbonshed.readers.world.satellites import Part, Satellite, choose
from carbonshed.readers.world.units import usd_per_unit

ACCEPT_TOTALS = "co2-total"
ACCEPT_LOSSES = "losses"

# share of a total that may be dropped without --accept
_MAX_LOSS = 1e-3

_CARBON_DIOXIDE = re.compile(r"\bco2\b|carbon diox|\bco2_", re.I)
_NOT_CARBON_DIOXIDE = re.compile(r"co2[ -]?eq|gwp|ghg|greenhouse", re.I)


def check_world(table: MatrixTable, where: str, accept: frozenset[str]) -> None:
    """Compare demand, output and CO2 of a world table with known totals.

    Adds a decision for each.
    """
    _check_money(table, where)
    _check_carbon(table, where, accept)


def _check_money(table: MatrixTable, where: str) -> None:
    block = table.descriptor["mrio"]
    currency, unit = block["currency"], block["currency_unit"]
    rate = usd_per_unit(currency, table.year)
    if rate is None:
        table.decisions.append(
            Decision(
                "not_compared",
                "WARNING: money was not compared with the world's: no rate of "
                f"{currency} in {table.year} is known",
            )
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
            Decision(
                "not_compared",
                "WARNING: no stressor is carbon dioxide by its name, so no emissions "
                "were compared with the world's",
            )
        )
        return
    key = max(totals, key=lambda name: totals[name][0])
    tonnes, unit = totals[key]
    power = round(math.log10(TONNES_PER_UNIT[unit]))
    try:
        decision = check_total(
            "world_co2", table.year, tonnes, where=f"{where}: {key!r}", power=power
        )
    except CarbonshedError as refusal:
        if ACCEPT_TOTALS not in accept:
            raise CarbonshedError(
                f"{refusal}; if only a part of the world's CO2 is meant, say --accept "
                f"{ACCEPT_TOTALS}"
            ) from None
        decision = Decision("world_co2", f"WARNING, accepted: {refusal}")
    table.decisions.append(decision)


def _is_carbon_dioxide(*names: str) -> bool:
    """Return True if a part of a name is carbon dioxide, and no equivalent of it."""
    parts = [part for name in names for part in re.split(r" \| | \+ ", name)]
    return any(
        _CARBON_DIOXIDE.search(part) and not _NOT_CARBON_DIOXIDE.search(part)
        for part in parts
    )


def check_losses(
    reading: Reading,
    dropped: str,
    table: MatrixTable,
    satellites: list[Satellite],
    lost_of: Callable[[Part], float],
    losses: dict[str, tuple[float, float]] | None = None,
) -> Decision:
    """Return the decision on regions or sectors that the parser dropped.

    `losses` has the lost amount and the total of money by name; `lost_of` returns the
    loss of a row of a satellite, in its unit.
    """
    losses = dict(losses or {})
    for stressor in choose(satellites, reading.options.stressors, reading.where):
        key = stressor.stressor_id
        lost = sum(part.factor * lost_of(part) for part in stressor.parts)
        kept = table.emissions[key].sum() + np.sum(table.direct_emissions.get(key, 0.0))
        losses[f"{key} in {stressor.unit}"] = lost, lost + float(kept)
    shares = {
        name: abs(lost) / abs(total) if total else float(lost != 0)
        for name, (lost, total) in losses.items()
    }
    parts = ", ".join(
        f"{name} {losses[name][0]:,.6g} ({100 * share:.3g} %)"
        for name, share in shares.items()
    )
    text = f"{dropped} dropped, with them {parts}"
    if max(shares.values(), default=0.0) > _MAX_LOSS:
        if ACCEPT_LOSSES not in reading.options.accept:
            raise CarbonshedError(
                f"{reading.where}: {text}; expected at most {100 * _MAX_LOSS:g} % of "
                f"each; --accept {ACCEPT_LOSSES} takes the table without them"
            )
        text = f"WARNING, accepted: {text}"
    return Decision("losses", text)
