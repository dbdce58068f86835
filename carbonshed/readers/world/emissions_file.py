"""Emissions from a file beside a table that has none."""

from typing import Any

import numpy as np

from carbonshed.dataset.contract import TONNES_PER_UNIT, Column, InputTable
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.world.system import Core, listed

_TABLE = InputTable(
    "emissions",
    (
        Column("year", "year"),
        Column("stressor_id", "id"),
        Column("region_id", "id", references="regions"),
        Column("sector_id", "id", True, True, "sectors"),
        Column("category_id", "id", True, True, "final_demand_categories"),
        Column("value", "number"),
    ),
    ("year", "stressor_id", "region_id", "sector_id", "category_id"),
    True,
    "emissions of sectors and, with category_id, of final users",
)


def add_emissions(
    table: MatrixTable, core: Core, options: IngestOptions, where: str
) -> None:
    """Read emissions of producers and final users into a table.

    The file has the columns year, stressor_id, region_id, value and one of sector_id
    and category_id; `options.emissions_unit` is the unit of `value`.
    """
    file, unit = options.emissions, options.emissions_unit
    if file is None or unit is None:
        raise CarbonshedError(
            f"{where}: has no emissions; give --emissions FILE and --emissions-unit"
        )
    if unit not in TONNES_PER_UNIT:
        raise CarbonshedError(
            f"--emissions-unit {unit}: expected one of {', '.join(TONNES_PER_UNIT)}"
        )
    labels = {
        "regions": core.regions,
        "sectors": core.sectors,
        "final_demand_categories": core.categories,
    }
    positions = {
        name: {label: k for k, label in enumerate(ids)} for name, ids in labels.items()
    }
    rows = [
        row
        for row in read_rows(open_source(file, _TABLE), Dimensions(positions=positions))
        if row["year"] == table.year
    ]
    if not rows:
        raise CarbonshedError(f"{file.name}: no row of the year {table.year}")
    for row in rows:
        _add(table, core, row, positions, file.name)
    _describe(table, core, unit, file.name)
    _warn_of_gaps(table, core, rows, file.name)


def _add(
    table: MatrixTable,
    core: Core,
    row: dict[str, Any],
    positions: dict[str, dict[str, int]],
    file: str,
) -> None:
    stressor, region = row["stressor_id"], positions["regions"][row["region_id"]]
    if (row["sector_id"] is None) == (row["category_id"] is None):
        raise CarbonshedError(
            f"{file}: row of {stressor!r}, region_id {row['region_id']!r}: exactly one "
            "of sector_id and category_id must be set"
        )
    sectors = len(core.sectors)
    if row["sector_id"] is not None:
        flows = table.emissions.setdefault(stressor, np.zeros(len(core.producers)))
        flows[region * sectors + positions["sectors"][row["sector_id"]]] = row["value"]
        return
    shape = (len(core.regions), len(core.categories))
    direct = table.direct_emissions.setdefault(stressor, np.zeros(shape))
    column = positions["final_demand_categories"][row["category_id"]]
    direct[region, column] = row["value"]


def _describe(table: MatrixTable, core: Core, unit: str, file: str) -> None:
    """Add the stressors, and a decision with the sums of each."""
    for stressor in dict.fromkeys([*table.emissions, *table.direct_emissions]):
        flows = table.emissions.setdefault(stressor, np.zeros(len(core.producers)))
        direct = table.direct_emissions.get(stressor)
        table.stressors.append(
            {"stressor_id": stressor, "stressor_name": stressor, "unit": unit}
        )
        own = 0.0 if direct is None else direct.sum()
        table.decisions.append(
            Decision(
                "stressor_source",
                f"stressor {stressor!r} in {unit} from {file}; producers "
                f"{flows.sum():,.6g}, final users {own:,.6g}",
            )
        )


def _warn_of_gaps(
    table: MatrixTable, core: Core, rows: list[dict[str, Any]], file: str
) -> None:
    """Warn of sectors with output but without a row: missing is not zero."""
    output = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    for stressor in table.emissions:
        given = {
            (row["region_id"], row["sector_id"])
            for row in rows
            if row["stressor_id"] == stressor
        }
        missing = [
            k
            for k, pair in enumerate(core.producers)
            if output[k] and pair not in given
        ]
        if missing:
            share = output[missing].sum() / output.sum()
            table.decisions.append(
                Decision(
                    "emissions_missing",
                    f"WARNING: {file} has no row of {stressor!r} for {len(missing)} of "
                    f"{len(core.producers)} sectors of regions ({share:.2%} of all "
                    f"output), which count as 0: "
                    f"{listed(core.producers[k] for k in missing)}",
                )
            )
