"""A year of a world table, put together and compared with the world's totals."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from carbonshed.accounting.closure import check_columns
from carbonshed.accounting.known_totals import Waiver, check_world, usd_per_unit
from carbonshed.dataset.matrix_table import Decision, MatrixTable, Row
from carbonshed.errors import CarbonshedError
from carbonshed.files import shipped_rows
from carbonshed.readers.rows.small_tables import read_indicators
from carbonshed.readers.world.core import Core, core_of, numbers
from carbonshed.readers.world.formats import Publisher
from carbonshed.readers.world.label_maps import (
    VALUE_ADDED,
    category_rows,
    fold,
    label_map,
    region_rows,
    sector_rows,
)
from carbonshed.readers.world.reading import Reading
from carbonshed.readers.world.satellites import (
    Money,
    Part,
    Satellite,
    add_stressors,
    choose,
    money_of,
    row_of,
    satellite_of,
)

# relative; sums may differ by the order of summation alone
_SAME_SUM = 1e-12
ACCEPT_TOTALS = "co2-total"
ACCEPT_LOSSES = "losses"
# share of a total that may be dropped without --accept
_MAX_LOSS = 1e-3


def money_unit(units: Iterable[Any], where: str, option: float | None) -> Money:
    """Return the one money unit of a table, with the factor of --unit if given."""
    texts = sorted({str(unit).strip() for unit in units})
    if len(texts) != 1:
        raise CarbonshedError(
            f"{where}: {len(texts)} units ({', '.join(texts[:6])}); expected one "
            "unit of money (tables in mixed units are not read)"
        )
    money = money_of(texts[0])
    if money is None:
        raise CarbonshedError(
            f"{where}: unit {texts[0]!r} is not understood; expected a power of ten "
            "and a currency, such as 'M.EUR', 'Million USD' or '000 USD'"
        )
    return money if option is None else Money(money.currency, option)


def core_of_system(system: Any, where: str) -> Core:
    """Return the core of a pymrio system, and check that no flow got lost."""
    Z, Y = system.Z, system.Y
    notes = []
    if Z is None and system.A is not None and system.x is not None:
        x = system.x.iloc[:, 0].reindex(system.A.columns)
        Z = type(system.A)(
            numbers(system.A, f"{where}: A") * np.asarray(x, dtype=float),
            index=system.A.index,
            columns=system.A.columns,
        )
        notes = [
            Decision(
                "transactions_from_coefficients",
                "the source has no Z: it is A times output",
            )
        ]
    for name, frame in (("Z", Z), ("Y", Y)):
        if frame is None:
            raise CarbonshedError(f"{where}: has no {name}; expected Z and Y")
    core = core_of(Z, Y, where)
    core.decisions += notes
    for name, frame, block in (
        ("Z", Z, core.transactions),
        ("Y", Y, core.final_demand),
    ):
        values = numbers(frame, where)
        expected, size = np.nansum(values), np.nansum(np.abs(values))
        if np.isfinite(size) and (
            abs(block.sum() - expected) > _SAME_SUM * max(size, 1.0)
        ):
            raise CarbonshedError(
                f"{where}: {name} sums to {expected!r} in the source and to "
                f"{block.sum()!r} in the table; this is an error of the reader"
            )
    return core


def satellites_of(system: Any, where: str) -> list[Satellite]:
    """Return all extensions of a pymrio system that have flows."""
    names = list(system.get_extensions(instance_names=True))
    satellites = [
        satellite_of(getattr(system, name), name, where) for name in sorted(names)
    ]
    return [satellite for satellite in satellites if satellite is not None]


def table_of_system(
    system: Any, reading: Reading
) -> tuple[MatrixTable, Core, list[Satellite]]:
    """Put a pymrio system together; return its core and satellites, too."""
    where = reading.where
    core = core_of_system(system, where)
    if system.unit is None:
        raise CarbonshedError(f"{where}: has no unit; expected one of money")
    money = money_unit(system.unit.iloc[:, 0], where, reading.options.unit)
    satellites = satellites_of(system, where)
    return assemble(core, satellites, money, reading), core, satellites


def assemble(
    core: Core, satellites: list[Satellite], money: Money, reading: Reading
) -> MatrixTable:
    """Put a table together: labels, people, emissions, value added."""
    where = reading.where
    stressors = choose(satellites, reading.options.stressors, where)
    table = empty_table(core, money, reading)
    table.decisions += core.decisions
    for satellite in satellites:
        table.decisions += satellite.decisions
    add_stressors(table, core, stressors, where)
    _add_inputs(table, core, satellites, reading)
    return table


def empty_table(core: Core, money: Money, reading: Reading) -> MatrixTable:
    """Return a table with labels, matrices and people, without emissions."""
    form, where, options = reading.publisher.form, reading.where, reading.options
    table = table_of_core(
        core,
        reading.year,
        region_rows(form, core.regions, options.regions, where),
        sector_rows(form, core.sectors, options.sectors, where),
        category_rows(form, core.categories, where),
        _descriptor(money, reading),
    )
    if options.indicators is not None:
        table.population, table.gdp = read_indicators(
            options.indicators, reading.year, core.regions
        )
    elif reading.publisher.people is not None:
        _add_shipped_people(table, reading.publisher)
    return table


def table_of_core(
    core: Core,
    year: int,
    regions: list[Row],
    sectors: list[Row],
    categories: list[Row],
    descriptor: dict[str, Any],
) -> MatrixTable:
    """Return a table with labels and matrices alone."""
    return MatrixTable(
        year=year,
        regions=regions,
        sectors=sectors,
        categories=categories,
        stressors=[],
        population=[None] * len(regions),
        gdp=[None] * len(regions),
        transactions=core.transactions,
        final_demand=core.final_demand,
        descriptor=descriptor,
    )


def _add_shipped_people(table: MatrixTable, publisher: Publisher) -> None:
    """Add population and GDP of the regions that the shipped file has."""
    rows = {
        row["region_id"]: row
        for row in shipped_rows("carbonshed.readers.world", publisher.people)
        if int(row["year"]) == table.year
    }
    ids = [region["region_id"] for region in table.regions]
    people = [rows.get(region) for region in ids]
    table.population = [row and int(row["population"]) for row in people]
    table.gdp = [row and float(row["gdp"]) for row in people]
    missing = ", ".join(region for region in ids if region not in rows)
    gaps = f", none for {missing}" if missing else ""
    table.add_decision(
        "people_source",
        f"population and GDP are from {publisher.people_source}{gaps}; "
        "--indicators FILE replaces them",
    )


def finish(table: MatrixTable, reading: Reading) -> MatrixTable:
    """Check a table, compare it with world totals, count unusual cells."""
    table.check()
    part = Waiver(ACCEPT_TOTALS in reading.options.accept, f"--accept {ACCEPT_TOTALS}")
    table.decisions += check_world(table, reading.where, carbon=part)
    output = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    _add_gap(table, reading.where)
    for name, block in (
        ("transactions", table.transactions),
        ("final demand", table.final_demand),
    ):
        negative = block < 0
        count = int(negative.sum())
        if count:
            table.add_decision(
                "negative_cells",
                f"{count} cells of {name} are negative, together "
                f"{block[negative].sum():,.6g}: kept",
            )
    zero_output = int((output == 0).sum())
    if zero_output:
        table.add_decision(
            "zero_output", f"{zero_output} sectors of regions have no output: kept"
        )
    return table


def _add_gap(table: MatrixTable, where: str) -> None:
    """Add the decision on the column balance, if value added is known."""
    if not table.value_added:
        return
    primary_inputs = sum(table.value_added.values())
    if table.imports_by_sector is not None:
        primary_inputs = primary_inputs + table.imports_by_sector
    table.decisions.append(
        check_columns(
            table.transactions.sum(axis=1),
            table.transactions.sum(axis=0),
            table.final_demand.sum(axis=1),
            primary_inputs,
            f"{where}: Z",
            table.producer,
        )
    )


def _descriptor(money: Money, reading: Reading) -> dict[str, Any]:
    publisher, year = reading.publisher, reading.year
    block: dict[str, Any] = {
        "currency": money.currency,
        "currency_unit": money.factor,
        "price_basis": "basic prices, current",
        "country": "WLD",
    }
    rate = usd_per_unit(money.currency, year)
    if money.currency != "USD" and rate is not None:
        block["currency_per_usd"] = {str(year): 1 / rate}
    return {
        "title": f"{publisher.title}, {year}",
        "licenses": [{"title": publisher.licence}],
        "sources": [{"title": publisher.citation}],
        "mrio": block,
    }


def _add_inputs(
    table: MatrixTable, core: Core, satellites: list[Satellite], reading: Reading
) -> None:
    """Add value added and payments to outside from the rows that the map lists."""
    where = reading.where
    inputs = label_map(f"{reading.publisher.form}_inputs")
    roles = {label: row["role"] for label, row in inputs.items()}
    outside, demand, names = np.zeros(len(core.producers)), np.zeros(0), []
    origin: dict[str, str] = {}
    for satellite in satellites:
        for row, label in enumerate(satellite.labels):
            name = next((part for part in label if fold(part) in roles), None)
            if name is None or money_of(satellite.units[row]) is None:
                continue
            if origin.setdefault(name, satellite.name) != satellite.name:
                table.add_decision(
                    "rows_twice",
                    f"{name} of {satellite.name} not used: {origin[name]} has it too",
                )
                continue
            flows, direct, notes = row_of(satellite, row, core, where)
            table.decisions += notes
            if roles[fold(name)] == VALUE_ADDED:
                add_component(table, name, flows, direct)
                continue
            outside += flows
            names.append(name)
            if direct is not None:
                demand = direct if not demand.size else demand + direct
    if names:
        table.imports_by_sector = outside
        table.imports_by_category = demand if demand.size else None
        table.add_decision(
            "payments_to_outside",
            f"{', '.join(names)}: payments to outside the table, kept as imports "
            f"({outside.sum() + demand.sum():,.6g})",
        )


def add_component(
    table: MatrixTable, name: str, flows: np.ndarray, direct: np.ndarray | None
) -> None:
    """Add one component of value added; rows of the same name are summed."""
    table.value_added[name] = table.value_added.get(name, 0.0) + flows
    if direct is not None and direct.any():
        table.add_decision(
            "component_of_final_users",
            f"{name} of final users ({direct.sum():,.6g}) is no value added of a "
            "sector: not kept",
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
