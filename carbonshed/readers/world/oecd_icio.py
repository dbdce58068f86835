"""OECD inter-country input-output tables: CSV, no emissions inside."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carbonshed.dataset.contract import TONNES_PER_UNIT, Column, amounts_table
from carbonshed.dataset.fields import explain_choice
from carbonshed.dataset.matrix_table import Decision, MatrixTable, Row
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.readers.world.core import (
    Core,
    align,
    list_labels,
    numbers,
    pairs,
    refuse_duplicates,
    texts,
)
from carbonshed.readers.world.formats import OECD_ICIO
from carbonshed.readers.world.reading import (
    check_zip,
    list_folder,
    need_source,
    parse_with,
    start_reading,
)
from carbonshed.readers.world.world_table import (
    core_of_system,
    empty_table,
    finish,
    money_unit,
)

if TYPE_CHECKING:
    import pandas as pd

DISCREPANCY = "ALL"

_RELEASES = ("ICIO2016_", "ICIO2018_", "ICIO2021_", "ICIO2023_")
_TOTALS = ("OUT", "TOTAL", "OUTPUT")
# some releases split China and Mexico into parts, which the parser adds up
_PARTS = {"CHN": re.compile(r"CN\d"), "MEX": re.compile(r"MX\d")}
_EMISSIONS = amounts_table(
    "emissions",
    "emissions of sectors and, with category_id, of final users",
    Column("year", "year"),
    Column("stressor_id", "id"),
    Column("region_id", "id", references="regions"),
    Column("sector_id", "id", True, True, "sectors"),
    Column("category_id", "id", True, True, "final_demand_categories"),
    is_required=True,
)


def read_oecd_icio(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of the OECD's tables, with emissions from a file of the user."""
    need_source(source, OECD_ICIO.source)
    file = _file_of(source, options.year)
    reading = start_reading(OECD_ICIO, file, options, progress)
    where = reading.where
    if file.suffix.lower() == ".zip":
        check_zip(file, where)
    progress(f"{where}: checking labels", 0.1)
    notes, raw_sum = _check_raw(file, where)
    system, _ = reading.parse(reading.pymrio.parse_oecd, file)
    inputs = system.factor_inputs.F
    if DISCREPANCY in system.Y.columns.get_level_values("region"):
        notes.append(_add_discrepancy(system))
    core = core_of_system(system, where)
    total = core.transactions.sum() + core.final_demand.sum()
    is_finite = np.isfinite(raw_sum)
    if is_finite and abs(total - raw_sum) > 1e-9 * max(abs(raw_sum), 1.0):
        raise CarbonshedError(
            f"{where}: the file sums to {raw_sum!r} without its totals, the table to "
            f"{total!r}; expected the same"
        )
    money = money_unit(system.unit.iloc[:, 0], where, options.unit)
    table = empty_table(core, money, reading)
    table.decisions += [*core.decisions, *notes]
    _add_value_added(table, core, inputs, where)
    _add_emissions(table, core, options, where)
    return finish(table, reading)


def regions_of(source: Path, year: int | None, where: str) -> list[str]:
    """Return the regions of a table, from the labels of its rows."""
    import pandas as pd

    frame = parse_with(pd.read_csv, _file_of(source, year), usecols=[0], where=where)
    labels = texts(frame.iloc[:, 0], where)
    return sorted(_region_of(label) for label in labels if "_" in label)


def _file_of(source: Path, year: int | None) -> Path:
    """Return the file of a year: the source itself, or the one in a folder."""
    if source.is_file():
        return source
    if year is None:
        raise CarbonshedError(f"{OECD_ICIO.form}: {source} is a folder; give --year")
    files = sorted(
        path
        for path in source.iterdir()
        if path.stem in [f"{release}{year}" for release in _RELEASES]
        and path.suffix.lower() in (".csv", ".zip")
    )
    stems = {path.stem for path in files}
    if len(stems) != 1:
        raise CarbonshedError(
            f"{OECD_ICIO.form}: {source} has {len(stems)} tables ICIOvvvv_{year}; name "
            f"the file itself (the folder has {list_folder(source)})"
        )
    return files[0]


def _region_of(label: str) -> str:
    """Return the region of a row's label; parts of a country are the country."""
    region = label.split("_", maxsplit=1)[0]
    for country, parts in _PARTS.items():
        if parts.fullmatch(region):
            return country
    return region


def _check_raw(file: Path, where: str) -> tuple[list[Decision], float]:
    """Check what the parser ignores; return decisions, and the sum of Z and Y.

    The parser sorts rows and columns and then gives columns the labels of rows: if
    they differ, numbers end up under wrong names. It also sets NaN to 0 uncounted.
    """
    import pandas as pd

    raw = parse_with(pd.read_csv, file, sep=",", index_col=0, where=where)
    rows = texts(raw.index, f"{where}: rows")
    columns = texts(raw.columns, f"{where}: columns")
    for labels, what in ((rows, "rows"), (columns, "columns")):
        refuse_duplicates(labels, f"{where}: {what}")
    inputs = {r for r in rows if r in ("TLS", "VA") or re.search("VALU|TAX", r)}
    producers = [r for r in rows if r not in inputs and r not in _TOTALS]
    missing = sorted(set(producers).difference(columns))
    if missing:
        raise CarbonshedError(
            f"{where}: no columns {list_labels(missing)}, which are rows; expected "
            "every producer on both axes"
        )
    if any("_" not in label for label in producers):
        odd = [label for label in producers if "_" not in label]
        raise CarbonshedError(
            f"{where}: rows {list_labels(odd)}; expected REGION_SECTOR, such as "
            "AUS_A01_02"
        )
    used = raw.loc[
        [r in set(producers) for r in rows], [c not in _TOTALS for c in columns]
    ]
    values = numbers(used, where)
    empty = int(np.isnan(values).sum())
    notes = []
    if empty:
        notes.append(Decision("empty_cells", f"{empty} empty cells are set to 0"))
    parts = sorted(
        {
            label.split("_")[0]
            for label in producers
            if any(p.fullmatch(label.split("_")[0]) for p in _PARTS.values())
        }
    )
    if parts:
        notes.append(
            Decision(
                "countries_in_parts",
                f"{', '.join(parts)} are added up into CHN and MEX",
            )
        )
    return notes, float(np.nansum(values))


def _add_discrepancy(system: Any) -> Decision:
    """Give the column of discrepancies a region of its own, without producers."""
    import pandas as pd

    sectors = list(dict.fromkeys(system.Z.index.get_level_values("sector")))
    extra = pd.MultiIndex.from_product(
        [[DISCREPANCY], sectors], names=system.Z.index.names
    )
    index = system.Z.index.append(extra)
    total = float(np.nansum(numbers(system.Y[DISCREPANCY], DISCREPANCY)))
    system.Z = system.Z.reindex(index=index, columns=index, fill_value=0.0)
    system.Y = system.Y.reindex(index=index, fill_value=0.0)
    return Decision(
        "statistical_discrepancy",
        f"the column of statistical discrepancies ({total:,.6g}) is the demand of a "
        f"region {DISCREPANCY} of type remainder, which produces nothing",
    )


def _add_value_added(
    table: MatrixTable, core: Core, inputs: "pd.DataFrame", where: str
) -> None:
    """Add the rows below the matrix: taxes by country are summed."""
    columns = pairs(inputs.columns, "columns of value added")
    names = [
        "taxes less subsidies on products"
        if re.search("TAX|TLS", str(row))
        else "value added"
        for row in inputs.index
    ]
    for name in dict.fromkeys(names):
        rows = [k for k, other in enumerate(names) if other == name]
        block = align(inputs.iloc[rows], rows, columns, rows, core.producers, where)
        table.value_added[name] = np.nan_to_num(block).sum(axis=0)


def _add_emissions(
    table: MatrixTable, core: Core, options: IngestOptions, where: str
) -> None:
    """Read emissions of producers and final users into a table.

    The file has the columns year, stressor_id, region_id, value and one of sector_id
    and category_id; `options.emissions_unit` is the unit of `value`.
    """
    file, unit = options.emissions, options.emissions_unit
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
    source, dimensions = open_source(file, _EMISSIONS), Dimensions(positions=positions)
    rows = [r for r in read_rows(source, dimensions) if r["year"] == table.year]
    if not rows:
        raise CarbonshedError(f"{file.name}: no row of the year {table.year}")
    for text in (*source.notes, *source.unused):
        table.add_decision("emissions_file", text)
    rows.sort(key=lambda row: row["sector_id"] is None)  # producers first
    for stressor in dict.fromkeys(row["stressor_id"] for row in rows):
        table.stressors.append(
            {"stressor_id": stressor, "stressor_name": stressor, "unit": unit}
        )
        own = [row for row in rows if row["stressor_id"] == stressor]
        _add_stressor(table, stressor, own, positions, file.name)
        _warn_of_gaps(table, core, stressor, own, file.name)


def _add_stressor(
    table: MatrixTable,
    stressor: str,
    rows: list[Row],
    positions: dict[str, dict[str, int]],
    file: str,
) -> None:
    """Add the emissions of a stressor, and a decision with their sums."""
    flows, direct = np.zeros(table.shape), np.zeros(table.demand_shape)
    for row in rows:
        if reason := explain_choice(row, "sector_id", "category_id"):
            raise CarbonshedError(
                f"{file}: row of {stressor!r}, region_id {row['region_id']!r}: {reason}"
            )
        region, sector = positions["regions"][row["region_id"]], row["sector_id"]
        if sector is not None:
            flows[region, positions["sectors"][sector]] = row["value"]
        else:
            category = positions["final_demand_categories"][row["category_id"]]
            direct[region, category] = row["value"]
    table.emissions[stressor] = flows.ravel()
    if any(row["sector_id"] is None for row in rows):
        table.direct_emissions[stressor] = direct
    table.add_decision(
        "stressor_source",
        f"stressor {stressor!r} in {table.stressors[-1]['unit']} from {file}; "
        f"producers {flows.sum():,.6g}, final users {direct.sum():,.6g}",
    )


def _warn_of_gaps(
    table: MatrixTable, core: Core, stressor: str, rows: list[Row], file: str
) -> None:
    """Warn of sectors with output but without a row: missing is not zero."""
    output = table.transactions.sum(axis=1) + table.final_demand.sum(axis=1)
    pairs_in_file = {(row["region_id"], row["sector_id"]) for row in rows}
    missing = [
        k
        for k, pair in enumerate(core.producers)
        if output[k] and pair not in pairs_in_file
    ]
    if missing:
        share = output[missing].sum() / output.sum()
        table.add_decision(
            "emissions_missing",
            f"WARNING: {file} has no row of {stressor!r} for {len(missing)} of "
            f"{len(core.producers)} sectors of regions ({share:.2%} of all output), "
            f"which count as 0: {list_labels(core.producers[k] for k in missing)}",
        )
