"""OECD inter-country input-output tables: CSV, no emissions inside."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.assemble import (
    Source,
    core_of_system,
    empty_table,
    finish,
    money_unit,
)
from carbonshed.readers.world.emissions_file import add_emissions
from carbonshed.readers.world.exiobase3 import checked_year
from carbonshed.readers.world.parse import (
    agreed_year,
    check_zip,
    contents,
    need_pymrio,
    need_source,
    parsed,
)
from carbonshed.readers.world.system import (
    Core,
    listed,
    numbers,
    pairs,
    placed,
    refuse_twice,
    texts,
)

if TYPE_CHECKING:
    import pandas as pd

FORM = "oecd-icio"

DISCREPANCY = "ALL"

_RELEASES = ("ICIO2016_", "ICIO2018_", "ICIO2021_", "ICIO2023_")
_TOTALS = ("OUT", "TOTAL", "OUTPUT")
# some releases split China and Mexico into parts, which the parser adds up
_PARTS = {"CHN": re.compile(r"CN\d"), "MEX": re.compile(r"MX\d")}


def read_oecd_icio(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of the OECD's inter-country tables.

    Parameters
    ----------
    source
        The CSV file, the zip file with it, or a folder with ``ICIOvvvv_YYYY``.
    options
        `emissions` is needed: the tables have none.
    progress
        Called with what is being done and the share of it.
    """
    need_source(source, "the CSV or zip file of a year, or a folder with it")
    file = file_of(source, options.year)
    where = f"{FORM}: {file.name}"
    pymrio = need_pymrio(FORM)
    year = _year(file, options.year, where)
    if file.suffix.lower() == ".zip":
        check_zip(file, where)
    progress(f"{where}: reading", 0.1)
    notes, raw_sum = _check_raw(file, where)
    progress(f"{where}: reading", 0.4)
    system, _ = parsed(pymrio.parse_oecd, file, where=where)
    progress(f"{where}: checking", 0.8)
    origin = Source(
        FORM,
        f"OECD inter-country input-output table, {year}",
        "As stated by the OECD: free, with attribution",
        "OECD Inter-Country Input-Output Tables, https://oe.cd/icio",
        where,
    )
    inputs = system.factor_inputs.F
    if DISCREPANCY in system.Y.columns.get_level_values("region"):
        notes.append(_add_discrepancy(system))
    core = core_of_system(system, where)
    found = core.transactions.sum() + core.final_demand.sum()
    is_finite = np.isfinite(raw_sum)
    if is_finite and abs(found - raw_sum) > 1e-9 * max(abs(raw_sum), 1.0):
        raise CarbonshedError(
            f"{where}: the file sums to {raw_sum!r} without its totals, the table to "
            f"{found!r}; expected the same"
        )
    money = money_unit(system.unit.iloc[:, 0], where, options.unit)
    table = empty_table(core, money, year, options, origin)
    table.decisions += [*core.decisions, *notes]
    _add_value_added(table, core, inputs, where)
    add_emissions(table, core, options, where)
    return finish(table, options, origin)


def file_of(source: Path, year: int | None) -> Path:
    """Return the file of a year: the source itself, or the one in a folder."""
    if source.is_file():
        return source
    if year is None:
        raise CarbonshedError(f"{FORM}: {source} is a folder; give --year")
    found = sorted(
        path
        for path in source.iterdir()
        if path.stem in [f"{release}{year}" for release in _RELEASES]
        and path.suffix.lower() in (".csv", ".zip")
    )
    stems = {path.stem for path in found}
    if len(stems) != 1:
        raise CarbonshedError(
            f"{FORM}: {source} has {len(stems)} tables ICIOvvvv_{year}; name the file "
            f"itself (the folder has {contents(source)})"
        )
    return found[0]


def region_of(label: str) -> str:
    """Return the region of a row's label; parts of a country are the country."""
    region = label.split("_", maxsplit=1)[0]
    for country, parts in _PARTS.items():
        if parts.fullmatch(region):
            return country
    return region


def _year(file: Path, year: int | None, where: str) -> int:
    """Return the year: the second number of four digits in ICIO2023_2018."""
    match = re.match(r"ICIO\d{4}_(\d{4})", file.stem)
    if match is None:
        return checked_year(file, year, where)
    return agreed_year([int(match[1])], year, where)


def _check_raw(file: Path, where: str) -> tuple[list[Decision], float]:
    """Check what the parser ignores; return decisions, and the sum of Z and Y.

    The parser sorts rows and columns and then gives columns the labels of rows: if
    they differ, numbers end up under wrong names. It also sets NaN to 0 uncounted.
    """
    import pandas as pd

    raw, _ = parsed(pd.read_csv, file, sep=",", index_col=0, where=where)
    rows = texts(raw.index, f"{where}: rows")
    columns = texts(raw.columns, f"{where}: columns")
    for labels, what in ((rows, "rows"), (columns, "columns")):
        refuse_twice(labels, f"{where}: {what}")
    inputs = {r for r in rows if r in ("TLS", "VA") or re.search("VALU|TAX", r)}
    producers = [r for r in rows if r not in inputs and r not in _TOTALS]
    missing = sorted(set(producers).difference(columns))
    if missing:
        raise CarbonshedError(
            f"{where}: no columns {listed(missing)}, which are rows; expected every "
            "producer on both axes"
        )
    if any("_" not in label for label in producers):
        odd = [label for label in producers if "_" not in label]
        raise CarbonshedError(
            f"{where}: rows {listed(odd)}; expected REGION_SECTOR, such as AUS_A01_02"
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
        wanted = [k for k, found in enumerate(names) if found == name]
        block = placed(
            inputs.iloc[wanted], wanted, columns, wanted, core.producers, where
        )
        table.value_added[name] = np.nan_to_num(block).sum(axis=0)
