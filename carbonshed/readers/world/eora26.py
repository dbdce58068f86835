"""Eora26: 189 countries with 26 sectors each, emissions inside."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.assemble import Source, finish, table_of_system
from carbonshed.readers.world.parse import (
    agreed_year,
    check_zip,
    contents,
    need_files,
    need_pymrio,
    need_source,
    parsed,
)
from carbonshed.readers.world.satellites import Part, Satellite, choose
from carbonshed.readers.world.system import numbers
from carbonshed.readers.world.totals import check_losses, lost_emissions

FORM = "eora26"

# a block of statistical discrepancies, of one sector, which the parser drops
_DROPPED = "ROW"
_LABELS = ("labels_T.txt", "labels_FD.txt", "labels_VA.txt", "labels_Q.txt")

Opener = Callable[[str], Any]


def read_eora26(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of Eora26 in basic prices.

    Parameters
    ----------
    source
        ``Eora26_YYYY_bp.zip``, or a folder with it (and ``indices.zip`` beside it),
        or the folder it was unpacked to.
    options
        `year` is needed for a folder.
    progress
        Called with what is being done and the share of it.
    """
    where = f"{FORM}: {source.name}"
    need_source(source, "Eora26_YYYY_bp.zip, or the folder with it")
    pymrio = need_pymrio(FORM)
    year = _year(source, options.year, where)
    opener, is_zip = _opener(source, year, where)
    progress(f"{where}: reading", 0.1)
    path = source.resolve()
    if source.is_file() and not _has_labels(source):
        path = path.parent  # labels are in indices.zip beside it
    system, _ = parsed(pymrio.parse_eora26, path, year, "bp", where=where)
    progress(f"{where}: checking", 0.7)
    origin = Source(
        FORM,
        f"Eora26, {year}",
        "As stated by Eora: free for academic use after registration",
        "Eora global supply chain database, Lenzen et al. 2013, "
        "doi:10.1080/09535314.2013.769938",
        where,
    )
    table, _, satellites = table_of_system(system, year, options, origin)
    _name_regions(table, opener, options)
    table.decisions += _losses(opener, year, table, satellites, options, where)
    if is_zip:
        text = "labels and tables read from the zip file"
        table.decisions.append(Decision("read_from_zip", text))
    return finish(table, options, origin)


def _year(source: Path, year: int | None, where: str) -> int:
    found = re.search(r"Eora26_(\d{4})", source.name)
    if re.search(r"Eora26_\d{4}_pp", source.name):
        raise CarbonshedError(
            f"{where}: purchasers' prices; expected basic prices, Eora26_YYYY_bp"
        )
    if found is None and source.is_file():
        raise CarbonshedError(
            f"{where}: expected Eora26_YYYY_bp.zip (the full Eora is not read)"
        )
    years = [int(found[1])] if found else []
    return agreed_year(years, year, where, lack="is a folder")


def regions_of(source: Path, year: int | None, where: str) -> list[str]:
    """Return the regions of a table, without the block that the parser drops."""
    opener, _ = _opener(source, _year(source, year, where), where)
    labels = _read(opener, "labels_T.txt", where)
    found = [str(label) for label in labels.iloc[:, 1]]
    return [label for label in found if label != _DROPPED]


def _has_labels(archive: Path) -> bool:
    with zipfile.ZipFile(archive) as found:
        return set(_LABELS) <= set(found.namelist())


def _tables(year: int) -> list[str]:
    return [f"Eora26_{year}_bp_{name}.txt" for name in ("T", "FD", "VA", "Q", "QY")]


def _opener(source: Path, year: int, where: str) -> tuple[Opener, bool]:
    """Return what opens a file of the table by name, and whether from a zip file."""
    folder = source
    if source.is_dir() and (source / str(year)).is_dir():
        folder = source / str(year)
    if folder.is_dir():
        archives = sorted(folder.glob(f"*{year}*bp*.zip"))
        if len(archives) > 1:
            names = ", ".join(path.name for path in archives)
            raise CarbonshedError(f"{where}: several tables of {year}: {names}")
        if not archives:
            need_files(folder, [*_tables(year), *_LABELS], where)
            return lambda name: (folder / name).open("rb"), False
        source = archives[0]
    names = check_zip(source, where)
    missing = [name for name in _tables(year) if name not in names]
    if missing:
        raise CarbonshedError(
            f"{where}: {source.name} has no {', '.join(missing)}; it has "
            f"{', '.join(names[:12])}"
        )
    indices = source.parent / "indices.zip"
    outside = [name for name in _LABELS if name not in names]
    if outside:
        there = check_zip(indices, where) if indices.is_file() else []
        if not set(outside) <= set(there):
            raise CarbonshedError(
                f"{where}: no {', '.join(outside)} in {source.name}, nor in "
                f"indices.zip beside it (the folder has {contents(source.parent)})"
            )

    def open_member(name: str) -> Any:
        place = indices if name in outside else source
        return zipfile.ZipFile(place).open(name)

    return open_member, True


def _read(opener: Opener, name: str, where: str, **options: Any) -> Any:
    import pandas as pd

    frame, _ = parsed(
        pd.read_csv,
        opener(name),
        sep="\t",
        header=None,
        where=f"{where}/{name}",
        **options,
    )
    return frame


def _name_regions(table: MatrixTable, opener: Opener, options: IngestOptions) -> None:
    """Give countries the full names that the file of labels has."""
    if options.regions is not None:
        return
    labels = _read(opener, "labels_T.txt", table.descriptor["title"])
    names = dict(
        zip(labels.iloc[:, 1].astype(str), labels.iloc[:, 0].astype(str), strict=True)
    )
    for row in table.regions:
        row["region_name"] = names.get(row["region_id"], row["region_name"])


def _losses(
    opener: Opener,
    year: int,
    table: MatrixTable,
    satellites: list[Satellite],
    options: IngestOptions,
    where: str,
) -> list[Decision]:
    """Return what went with the block that the parser dropped.

    The parser reports the first dropped column only, so the files are read again.
    """
    producers = _read(opener, "labels_T.txt", where).iloc[:, 1].astype(str)
    users = _read(opener, "labels_FD.txt", where).iloc[:, 1].astype(str)
    rows = np.flatnonzero(producers == _DROPPED)
    columns = np.flatnonzero(users == _DROPPED)
    if not rows.size and not columns.size:
        return []
    flows, demand_file, _, satellite, direct_file = _tables(year)
    row_sums = sum(
        _rows(opener, name, rows, where).sum() for name in (flows, demand_file)
    )
    own_demand = _columns(opener, demand_file, columns, where).sum()
    inputs = _columns(opener, flows, rows, where).sum()
    output = float(table.transactions.sum() + table.final_demand.sum())
    demand = float(table.final_demand.sum())
    losses = {
        "output": (float(row_sums), output),
        "deliveries to it": (float(inputs + own_demand), output),
        "demand": (float(own_demand), demand),
    }
    own = _columns(opener, satellite, rows, where)
    direct = _columns(opener, direct_file, columns, where)

    def lost_of(part: Part) -> float:
        if part.satellite.name != "Q":
            return 0.0
        return float(own[part.row].sum() + direct[part.row].sum())

    stressors = choose(satellites, options.stressors, where)
    losses |= lost_emissions(table, stressors, lost_of)
    return [check_losses(f"region {_DROPPED}", losses, where, options.accept)]


def _rows(opener: Opener, name: str, rows: np.ndarray, where: str) -> np.ndarray:
    if not rows.size:
        return np.zeros((0, 1))
    wanted = set(rows.tolist())
    frame = _read(
        opener, name, where, skiprows=lambda k: k not in wanted, nrows=len(rows)
    )
    return np.nan_to_num(numbers(frame, f"{where}/{name}"))


def _columns(opener: Opener, name: str, columns: np.ndarray, where: str) -> np.ndarray:
    if not columns.size:
        return np.zeros((10**4, 1))
    frame = _read(opener, name, where, usecols=columns.tolist())
    return np.nan_to_num(numbers(frame, f"{where}/{name}"))
