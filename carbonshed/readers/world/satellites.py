"""Satellites: the rows of extensions that are emissions, and their units."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.vocabulary import mass_of
from carbonshed.readers.world.core import (
    Core,
    align,
    list_labels,
    pairs,
    refuse_difference,
    row_labels,
    without_nan,
)

_FACTORS = {
    "": 1.0,
    "000": 1e3,
    "k": 1e3,
    "1000": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mio": 1e6,
    "mill": 1e6,
    "mln": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "millions of": 1e6,
    "million of": 1e6,
    "bn": 1e9,
    "billion": 1e9,
    "billions": 1e9,
    "billions of": 1e9,
}
_CURRENCIES = {"us$": "USD", "$": "USD", "dollar": "USD", "euro": "EUR", "€": "EUR"}
_MONEY = re.compile(
    r"(?P<factor>.*?)[\s.]*(?P<currency>us\$|\$|€|[a-z]{3}|euro|dollar)"
)
# GLORIA writes a typographic quote before 000
_QUOTES = "'\"`\u2018\u2019\u00b4"
SEPARATOR = " | "
_MAX_ROWS_SHOWN = 60


@dataclass(frozen=True)
class Money:
    """A unit of money: `factor` single units of `currency`."""

    currency: str
    factor: float


def money_of(text: str) -> Money | None:
    """Return a unit of money, None if it is none.

    Examples
    --------
    >>> money_of("M.EUR")
    Money(currency='EUR', factor=1000000.0)
    """
    plain = " ".join(str(text).split()).strip("()").casefold()
    plain = plain.translate(dict.fromkeys(map(ord, _QUOTES)))
    match = _MONEY.fullmatch(plain)
    if match is None:
        return None
    factor = _factor(match["factor"].strip(" ."))
    if factor is None:
        return None
    currency = match["currency"]
    return Money(_CURRENCIES.get(currency, currency.upper()), factor)


def _factor(word: str) -> float | None:
    if word in _FACTORS:
        return _FACTORS[word]
    try:
        factor = float(word)
    except ValueError:
        return None
    return factor if 0 < factor < math.inf else None


if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Satellite:
    """One extension: its rows, and their numbers."""

    name: str
    # the parts of the label of each row, such as stressor and compartment
    labels: list[tuple[str, ...]]
    level_names: list[str]  # the names of the parts
    units: list[str]  # units of rows as written; empty where there is none
    flows: "pd.DataFrame"  # F, (k, n): by producers
    direct: "pd.DataFrame | None"  # F_Y, (k, m): by final users
    decisions: list[Decision] = field(default_factory=list)

    def text(self, row: int) -> str:
        """Return the label of a row as one text."""
        return SEPARATOR.join(self.labels[row])

    def full_text(self, row: int) -> str:
        """Return the label of a row after the name of the extension."""
        return f"{self.name}: {self.text(row)}"


@dataclass(frozen=True)
class Part:
    """One row of a satellite that goes into a stressor, times `factor`."""

    satellite: Satellite
    row: int
    factor: float


@dataclass
class Stressor:
    """A stressor of the dataset, and the rows that it is the sum of."""

    stressor_id: str
    unit: str
    parts: list[Part]

    @property
    def name(self) -> str:
        """The labels of its rows."""
        return " + ".join(part.satellite.text(part.row) for part in self.parts)


def satellite_of(extension: Any, name: str, where: str) -> Satellite | None:
    """Return an extension of pymrio, None if it has no flows."""
    flows = extension.F
    if flows is None:
        return None
    what = f"{where}: rows of {name}"
    labels = row_labels(flows.index, what)
    direct, decisions = extension.F_Y, []
    if direct is not None:
        direct_labels = row_labels(direct.index, f"{what} (final users)")
        unknown = set(direct_labels).difference(labels)
        if unknown:
            raise CarbonshedError(
                f"{what}: F_Y has {list_labels(sorted(unknown))}, which F has not"
            )
        if direct_labels != labels:
            decisions.append(
                Decision(
                    "rows_missing",
                    f"rows of {name} that F_Y does not have are 0 in it",
                )
            )
            columns = list(range(direct.shape[1]))
            block = align(direct, direct_labels, columns, labels, columns, what)
            direct = type(direct)(block, index=flows.index, columns=direct.columns)
    return Satellite(
        name,
        labels,
        [str(level or "") for level in flows.index.names],
        _units(extension.unit, labels, what),
        flows,
        direct,
        decisions,
    )


def _units(
    frame: "pd.DataFrame | None", labels: list[tuple[str, ...]], what: str
) -> list[str]:
    if frame is None or frame.columns.empty:
        return [""] * len(labels)
    columns = [str(c).casefold() for c in frame.columns]
    units = frame.iloc[:, columns.index("unit") if "unit" in columns else 0]
    unit_of = dict(zip(row_labels(frame.index, f"{what} (units)"), units, strict=True))
    return ["" if unit_of.get(k) is None else str(unit_of[k]).strip() for k in labels]


def choose(
    satellites: list[Satellite], labels: Iterable[str], where: str
) -> list[Stressor]:
    """Return the stressors of the option --stressor; without it refuse with all rows.

    A label is ``LABEL``, ``EXTENSION: LABEL`` or ``ID=LABEL``; an ID given several
    times is the sum of its labels.
    """
    labels = list(labels)
    if not labels:
        raise CarbonshedError(
            f"{where}: no stressor given; choose with --stressor LABEL, or --stressor "
            f"ID=LABEL, several times if you like. There are:\n{_catalogue(satellites)}"
        )
    stressors: dict[str, Stressor] = {}
    for text in labels:
        stressor_id, satellite, row = _find(satellites, text, where)
        mass = mass_of(satellite.units[row])
        if mass is None:
            raise CarbonshedError(
                f"{where}: stressor {satellite.text(row)!r} is in "
                f"{satellite.units[row] or 'no unit'}; expected a mass (g, kg, t, Mg, "
                "kt, Gg, Mt, Tg, Gt, Pg)"
            )
        unit, factor = mass
        stressor = stressors.setdefault(stressor_id, Stressor(stressor_id, unit, []))
        if any(p.satellite is satellite and p.row == row for p in stressor.parts):
            raise CarbonshedError(
                f"{where}: --stressor {text!r} is given twice; it would count double"
            )
        if unit != stressor.unit:
            factor *= TONNES_PER_UNIT[unit] / TONNES_PER_UNIT[stressor.unit]
        stressor.parts.append(Part(satellite, row, factor))
    return list(stressors.values())


def _find(
    satellites: list[Satellite], text: str, where: str
) -> tuple[str, Satellite, int]:
    """Return the id and the satellite and row of the label that is meant."""
    choices = [("", text)]
    if "=" in text:
        stressor_id, _, label = text.partition("=")
        choices.append((stressor_id.strip(), label.strip()))
    for stressor_id, label in choices:
        for fits in (_is_label, _is_label_in_any_case, _is_first_part):
            matches = [
                (satellite, row)
                for satellite in satellites
                for row in range(len(satellite.labels))
                if fits(satellite, row, label)
            ]
            if len(matches) > 1:
                options = "\n".join(
                    f"  {satellite.full_text(row)}"
                    for satellite, row in matches[:_MAX_ROWS_SHOWN]
                )
                raise CarbonshedError(
                    f"{where}: --stressor {label!r} fits {len(matches)} rows; give one "
                    f"of them in full:\n{options}"
                )
            if matches:
                satellite, row = matches[0]
                return stressor_id or satellite.text(row), satellite, row
    raise CarbonshedError(
        f"{where}: no stressor {choices[-1][1]!r}; there are:\n{_catalogue(satellites)}"
    )


def _is_label(satellite: Satellite, row: int, label: str) -> bool:
    return label in (satellite.text(row), satellite.full_text(row))


def _is_label_in_any_case(satellite: Satellite, row: int, label: str) -> bool:
    texts = satellite.text(row).casefold(), satellite.full_text(row).casefold()
    return label.casefold() in texts


def _is_first_part(satellite: Satellite, row: int, label: str) -> bool:
    return satellite.labels[row][0].casefold() == label.casefold()


def _catalogue(satellites: list[Satellite]) -> str:
    """Return all rows with a unit of mass, and how many there are of others."""
    lines, others = [], 0
    for satellite in satellites:
        for row, unit in enumerate(satellite.units):
            if mass_of(unit) is None:
                others += 1
            else:
                lines.append(f"  {satellite.full_text(row)} ({unit})")
    # carbon dioxide first: most users look for it
    lines.sort(key=lambda line: re.search("co2|carbon diox", line, re.I) is None)
    more = len(lines) - _MAX_ROWS_SHOWN
    shown = lines[:_MAX_ROWS_SHOWN]
    if more > 0:
        shown.append(f"  ... and {more} more rows in a unit of mass")
    if others:
        shown.append(f"  ... and {others} rows in other units, which are no emissions")
    return "\n".join(shown) or "  none: the table has no satellite"


def add_stressors(
    table: MatrixTable, core: Core, stressors: list[Stressor], where: str
) -> None:
    """Put the emissions of the chosen stressors into a table."""
    shape = (len(core.regions), len(core.categories))
    for stressor in stressors:
        flows = np.zeros(len(core.producers))
        direct = np.zeros(len(core.users))
        has_direct = False
        for part in stressor.parts:
            own_flows, own_direct, notes = row_of(part.satellite, part.row, core, where)
            flows += part.factor * own_flows
            table.decisions += notes
            if own_direct is not None:
                direct += part.factor * own_direct
                has_direct = True
        table.stressors.append(
            {
                "stressor_id": stressor.stressor_id,
                "stressor_name": stressor.name,
                "unit": stressor.unit,
            }
        )
        table.emissions[stressor.stressor_id] = flows
        if has_direct:
            table.direct_emissions[stressor.stressor_id] = direct.reshape(shape)
        else:
            table.add_decision(
                "no_direct_emissions",
                f"WARNING: {stressor.stressor_id!r} has no emissions of final "
                "users: footprints are without direct household emissions",
            )
        text = _sentence(stressor, flows, direct)
        table.add_decision("stressor_source", text)


def _sentence(stressor: Stressor, flows: np.ndarray, direct: np.ndarray) -> str:
    parts = "; ".join(
        f"{part.satellite.full_text(part.row)} ({part.satellite.units[part.row]})"
        for part in stressor.parts
    )
    return (
        f"stressor {stressor.stressor_id!r} in {stressor.unit} from {parts}; producers "
        f"{flows.sum():,.6g}, final users {direct.sum():,.6g}"
    )


def row_of(
    satellite: Satellite, row: int, core: Core, where: str
) -> tuple[np.ndarray, np.ndarray | None, list[Decision]]:
    """Return a row of F, shape (n,), and of F_Y, shape (m,) or None, with decisions."""
    what = f"{where}: columns of {satellite.name}"
    columns = pairs(satellite.flows.columns, what)
    refuse_difference(core.producers, columns, what, "sectors of the table")
    frame = satellite.flows.iloc[row : row + 1]
    block = align(frame, [0], columns, [0], core.producers, what)
    flows, notes = without_nan(block, satellite.full_text(row))
    if satellite.direct is None:
        return flows[0], None, notes
    what = f"{what} (final users)"
    columns = pairs(satellite.direct.columns, what)
    refuse_difference(core.users, columns, what, "columns of Y", may_lack=True)
    frame = satellite.direct.iloc[row : row + 1]
    block = align(frame, [0], columns, [0], core.users, what)
    direct, more = without_nan(block, satellite.full_text(row))
    return flows[0], direct[0], [*notes, *more]
