"""CO2 for the city table, by city and sector."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.city.co2 import Axis, read_co2
from carbonshed.readers.ceads.city.labels import Labels
from carbonshed.readers.files.workbooks import Workbook
from carbonshed.readers.options import IngestOptions

_DEFAULT_UNIT = "Mt"
_POWERS = {"kg": -3, "t": 0, "kt": 3, "Mt": 6, "Gt": 9}
_CITY_TOTALS = "emission vector"
_LEAST_CORRELATION = 0.5


@dataclass
class Emissions:
    """Emissions by region and sector, shape (R, S), in the unit of the stressor."""

    values: np.ndarray
    stressor: dict[str, Any]
    source: str
    decisions: list[Decision] = field(default_factory=list)


def read_emissions(
    options: IngestOptions,
    year: int,
    labels: Labels,
    output: np.ndarray,
) -> Emissions:
    """Read the CO2 of the sectors.

    Parameters
    ----------
    options
        `emissions` is a workbook with the sheet ``CO2_YYYY``.
    year
        The year of the table.
    labels
        Of the table.
    output : ndarray, shape (n,)
        Output of the producers, to compare with.
    """
    unit = options.emissions_unit or _DEFAULT_UNIT
    with Workbook(options.emissions) as book:
        if book.find(_CITY_TOTALS) and not book.find(f"CO2_{year}"):
            raise CarbonshedError(
                f"ceads-city: {options.emissions.name} has totals of cities and no "
                f"sectors; expected a workbook with the sheet CO2_{year}"
            )
    emissions = _read_sheet(options, year, labels, output)
    total = float(emissions.values.sum()) * TONNES_PER_UNIT[unit]
    emissions.stressor["unit"] = unit
    emissions.decisions.append(
        check_total(
            "china_co2",
            year,
            total,
            where=f"ceads-city: {options.emissions.name}",
            power=_POWERS[unit],
        )
    )
    return emissions


def _read_sheet(
    options: IngestOptions,
    year: int,
    labels: Labels,
    output: np.ndarray,
) -> Emissions:
    regions = Axis(
        "regions",
        labels.region_source,
        tuple(
            (str(row["region_name"]), str(row["region_id"])) for row in labels.regions
        ),
    )
    sectors = Axis("sectors", labels.sector_source, tuple(labels.sector_names))
    co2 = read_co2(options.emissions, year, regions, sectors)
    where = f"ceads-city: {options.emissions.name}: CO2_{year}"
    decisions = [*co2.decisions, *_check_power(co2.values, labels, where, year)]
    named = "names" if co2.has_region_labels else "no names"
    decisions += _check_correlation(
        co2.values, output, f"{where} has {named} of cities"
    )
    has_none = (co2.values.ravel() != 0) & (output == 0)
    if has_none.any():
        decisions.append(
            Decision(
                "zero_output_emits",
                f"sectors without output that emit: {int(has_none.sum())}, "
                f"{co2.values.ravel()[has_none].sum():.6g} "
                f"{options.emissions_unit or 'Mt'}; "
                "kept: they become unattributed emissions",
            )
        )
    return Emissions(
        co2.values,
        {"stressor_id": "co2", "stressor_name": "Carbon dioxide"},
        f"CO2 by city and sector, {options.emissions.name}",
        decisions,
    )


def _check_power(
    values: np.ndarray, labels: Labels, where: str, year: int
) -> list[Decision]:
    """Detect a list of sectors of other years: power supply emits most everywhere."""
    if labels.power is None or labels.other_power is None:
        return []
    by_sector = values.sum(axis=0)
    largest = int(by_sector.argmax())
    if largest == labels.power:
        return []
    total = float(by_sector.sum())
    names = [
        f"{place + 1} ({labels.sectors[place]['sector_name']}), "
        f"{by_sector[place] / total:.1%} of all CO2"
        for place in (largest, labels.power)
    ]
    found = f"most is emitted by sector {names[0]}; power supply is sector {names[1]}"
    if largest == labels.other_power:
        raise CarbonshedError(
            f"{where}: power supply check: {found}; expected power supply to emit "
            f"most. Sector {largest + 1} is power supply in the list of other years: "
            f"is {year} the year of the table, and {labels.sector_source} its list?"
        )
    return [
        Decision(
            "power_check",
            f"WARNING: {where}: {found}; in China power supply emits most",
        )
    ]


def _check_correlation(
    values: np.ndarray, output: np.ndarray, found: str
) -> list[Decision]:
    """Compare CO2 with the output of the table, region by region.

    Labels of cities cannot show that the file of regions is in another order than
    the matrix; a low correlation can.
    """
    emitted = values.sum(axis=1)
    produced = output.reshape(values.shape).sum(axis=1)
    is_known = (emitted > 0) & (produced > 0)
    if is_known.sum() < 3:
        return []
    logs = np.log(emitted[is_known]), np.log(produced[is_known])
    if min(log.std() for log in logs) == 0:
        return []
    correlation = float(np.corrcoef(*logs)[0, 1])
    text = (
        f"{found}; log CO2 and log output of regions correlate with {correlation:.2f}"
    )
    if correlation < _LEAST_CORRELATION:
        text = (
            f"WARNING: {text}, expected {_LEAST_CORRELATION} or more: are the cities "
            "in the order of the matrix?"
        )
    return [Decision("region_correlation", text)]
