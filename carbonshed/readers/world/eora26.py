"""Eora26: 189 countries with 26 sectors each, emissions inside."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.formats import EORA26
from carbonshed.readers.world.reading import (
    Reading,
    check_zip,
    list_folder,
    names_in,
    open_member,
    parse_with,
    read_cells,
    start_reading,
    year_of,
)
from carbonshed.readers.world.satellites import Part, Satellite
from carbonshed.readers.world.world_table import check_losses, finish, table_of_system
from carbonshed.text import listing

_LABELS = ("labels_T.txt", "labels_FD.txt", "labels_VA.txt", "labels_Q.txt")


def read_eora26(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of Eora26 in basic prices."""
    _refuse_other_tables(source)
    reading = start_reading(EORA26, source, options, progress)
    files = _files(source, reading.year, reading.where)
    path = source.resolve()
    if source.is_file() and files.labels != source:
        path = path.parent  # labels are in indices.zip beside it
    parser = reading.pymrio.parse_eora26
    system, _ = reading.parse(parser, path, reading.year, "bp")
    table, _, satellites = table_of_system(system, reading)
    producers = files.frame("labels_T.txt")
    if options.regions is None:
        names = dict(zip(map(str, producers[1]), map(str, producers[0]), strict=True))
        for row in table.regions:
            row["region_name"] = names.get(row["region_id"], row["region_name"])
    table.decisions += _losses(reading, files, table, satellites)
    if files.tables.is_file():
        text = "labels and tables read from the zip file"
        table.add_decision("read_from_zip", text)
    return finish(table, reading)


def regions_of(source: Path, year: int | None, where: str) -> list[str]:
    """Return the regions of a table, without the block that the parser drops."""
    _refuse_other_tables(source)
    files = _files(source, year_of(EORA26, source, year, where), where)
    regions = map(str, files.frame("labels_T.txt")[1])
    return [region for region in regions if region != EORA26.dropped]


def _refuse_other_tables(source: Path) -> None:
    where = f"{EORA26.form}: {source.name}"
    if re.search(r"Eora26_\d{4}_pp", source.name):
        raise CarbonshedError(
            f"{where}: purchasers' prices; expected basic prices, Eora26_YYYY_bp"
        )
    if source.is_file() and not re.search(r"Eora26_\d{4}", source.name):
        raise CarbonshedError(
            f"{where}: expected Eora26_YYYY_bp.zip (the full Eora is not read)"
        )


@dataclass(frozen=True)
class _Files:
    """The folders or archives with the tables and the labels of a year."""

    tables: Path
    labels: Path
    year: int
    where: str

    def table(self, name: str) -> str:
        """Return the file name of a table: T, FD, VA, Q or QY."""
        return f"Eora26_{self.year}_bp_{name}.txt"

    def frame(self, name: str) -> Any:
        """Return the labels of an axis."""
        import pandas as pd

        with open_member(self.labels, name) as file:
            where = f"{self.where}/{name}"
            return parse_with(pd.read_csv, file, sep="\t", header=None, where=where)

    def cells(self, table: str, **axes: Any) -> Any:
        """Return some rows or columns of a table."""
        name = self.table(table)
        file = open_member(self.tables, name)
        return read_cells(file, f"{self.where}/{name}", separator="\t", **axes)


def _files(source: Path, year: int, where: str) -> _Files:
    """Return the files of a year, after a check that all are there."""
    if source.is_dir() and (source / str(year)).is_dir():
        source /= str(year)
    if source.is_dir():
        archives = sorted(source.glob(f"*{year}*bp*.zip"))
        if len(archives) > 1:
            names = ", ".join(path.name for path in archives)
            raise CarbonshedError(f"{where}: several tables of {year}: {names}")
        source = archives[0] if archives else source
    files = _Files(source, source, year, where)
    needed = [files.table(name) for name in ("T", "FD", "VA", "Q", "QY")]
    if source.is_dir():
        needed += _LABELS
    members = names_in(source, where)
    if missing := [name for name in needed if name not in members]:
        raise CarbonshedError(
            f"{where}: {source.name} has no {', '.join(missing)}; it has "
            f"{listing(members, 12, empty='nothing')}"
        )
    outside = [name for name in _LABELS if name not in members]
    if not outside:
        return files
    indices = source.parent / "indices.zip"
    if not indices.is_file() or not set(_LABELS) <= set(check_zip(indices, where)):
        raise CarbonshedError(
            f"{where}: no {', '.join(outside)} in {source.name}, nor in "
            f"indices.zip beside it (the folder has {list_folder(source.parent)})"
        )
    return _Files(source, indices, year, where)


def _losses(
    reading: Reading, files: _Files, table: MatrixTable, satellites: list[Satellite]
) -> list[Decision]:
    """Return the losses with the block that the parser dropped.

    The parser reports the first dropped column only, so the files are read again.
    """
    rows, columns = (
        [k for k, label in enumerate(files.frame(name)[1]) if label == EORA26.dropped]
        for name in ("labels_T.txt", "labels_FD.txt")
    )
    if not rows and not columns:
        return []
    deliveries = [files.cells(name, rows=rows).sum() for name in ("T", "FD")]
    own_demand = files.cells("FD", columns=columns).sum()
    inputs = files.cells("T", columns=rows).sum()
    emissions = files.cells("Q", columns=rows)
    direct = files.cells("QY", columns=columns)
    demand = float(table.final_demand.sum())
    output = float(table.transactions.sum() + table.final_demand.sum())
    losses = {
        "output": (float(sum(deliveries)), output),
        "deliveries to it": (float(inputs + own_demand), output),
        "demand": (float(own_demand), demand),
    }

    def lost_of(part: Part) -> float:
        if part.satellite.name != "Q":
            return 0.0
        return float(emissions[part.row].sum() + direct[part.row].sum())

    dropped = f"region {EORA26.dropped}"
    return [check_losses(reading, dropped, table, satellites, lost_of, losses)]
