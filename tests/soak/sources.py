"""What is spoiled: small inputs of every kind, and a reading of them without readers.

A source is a folder; its numbers are read once more by a library, or by twenty lines,
that no reader of the package uses, and compared with what was stored.
"""

import csv
import json
import math
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from support.layouts import ceads_city, eora26, exiobase3
from support.layouts.workbook import close_columns, matrix_file
from support.random_systems import Size, random_system
from support.systems import Stressor
from support.tiny_folder import TinyFolder
from support.world_systems import EUR_2010, Labels, world, write_indicators

Places = dict[Any, float]  # a number by where it stands
Stored = dict[tuple, float]  # a cell by its labels


@dataclass(frozen=True)
class Source:
    """An input that may be spoiled.

    Attributes
    ----------
    name
        What it is.
    write
        Writes it into a folder.
    words
        The command, run in the folder above, where the input is ``in``.
    numbers
        Reads all numbers of a folder again; fails if it cannot.
    is_cells
        Whether the numbers are by the labels of the cells of transactions and final
        demand: then all of them must be stored, and nothing else.
    spoiled
        Which files are spoiled.
    """

    name: str
    write: Callable[[Path], None]
    words: tuple[str, ...]
    numbers: Callable[[Path], Places]
    is_cells: bool = False
    spoiled: str = "*"


def stored(data: Path) -> Stored:
    """Return the cells of transactions and final demand of a dataset, by labels."""
    with duckdb.connect() as connection:
        place = f"'{data}/region_sectors.parquet'"
        found = connection.sql(
            f"""
            select 'transactions', year, o.region_id, o.sector_id, d.region_id,
                d.sector_id, value
            from '{data}/transactions.parquet' as t
            inner join {place} as o on t.origin_id = o.region_sector_id
            inner join {place} as d on t.destination_id = d.region_sector_id
            union all
            select 'final_demand', year, o.region_id, o.sector_id, t.region_id,
                category_id, value
            from '{data}/final_demand.parquet' as t
            inner join {place} as o on t.origin_id = o.region_sector_id
            """
        ).fetchall()
    assert len(found) == len({row[:-1] for row in found}), "a cell is there twice"
    return {row[:-1]: row[-1] for row in found if row[-1] != 0}


def compare(source: Source, before: Places, base: Stored, work: Path) -> str | None:
    """Return what is wrong with what was stored of a spoiled source, None if nothing.

    Parameters
    ----------
    source
        The source.
    before, base
        Its numbers and what was stored of it, before it was spoiled.
    work
        The project, with the spoiled folder ``in`` and the dataset.
    """
    found = stored(work / "data" / "a")
    try:
        numbers = source.numbers(work / "in")
    except Exception as error:  # any library may refuse it; then nothing has changed
        if _differences(found, base):
            return f"stored, but not readable otherwise ({error!r}), and changed"
        return None
    if source.is_cells:
        wrong = _differences(found, {k: v for k, v in numbers.items() if v})
        return f"cells differ: {wrong}" if wrong else None
    if set(numbers) == set(before):  # nothing has moved: each number is where it was
        once = Counter(before.values())
        at = {v: place for place, v in before.items() if once[v] == 1}
        expected = {
            key: numbers[at[value]] if value in at else value
            for key, value in base.items()
        }
        wrong = _differences(found, {k: v for k, v in expected.items() if v})
        # a place that was empty or zero before has no value to be known by
        known = {round_off(value) for value in numbers.values()}
        wrong = [
            key for key in wrong if key in base or round_off(found[key]) not in known
        ]
        # lines that are exchanged with their labels say the same
        is_same = sorted(numbers.values()) == sorted(before.values())
        if is_same and not _differences(found, base):
            return None
        return f"numbers differ: {wrong[:5]}" if wrong else None
    there = Counter(map(round_off, numbers.values()))
    here = Counter(map(round_off, found.values()))
    more = here - there
    return f"numbers that are not in the source: {list(more)[:5]}" if more else None


def round_off(number: float) -> float:
    """Return a number to twelve digits, as text tables may have them."""
    return float(f"{number:.11e}")


def _differences(one: Stored, other: Stored) -> list[Any]:
    return [
        key
        for key in {*one, *other}
        if not math.isclose(one.get(key, 0.0), other.get(key, 0.0), rel_tol=1e-11)
    ]


# --- tidy folders -------------------------------------------------------------------

_CELLS = {
    "transactions": "destination_sector_id",
    "final_demand": "category_id",
}


def _cells(table: str, rows: Iterable[dict[str, Any]]) -> Iterable[tuple[tuple, float]]:
    for row in rows:
        key = (
            *(
                table,
                int(row["year"]),
                row["origin_region_id"],
                row["origin_sector_id"],
            ),
            *(row["destination_region_id"], row[_CELLS[table]]),
        )
        yield key, float(row["value"])


def _tidy_csv(folder: Path) -> Places:
    found: Places = {}
    for table in _CELLS:
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            for key, number in _cells(table, csv.DictReader(file, strict=True)):
                assert key not in found, "twice"
                found[key] = number
    return found


def _tidy_parquet(folder: Path) -> Places:
    found: Places = {}
    with duckdb.connect() as connection:
        for table in _CELLS:
            relation = connection.sql(f"from '{folder}/{table}.parquet'")
            rows = [
                dict(zip(relation.columns, row, strict=True))
                for row in relation.fetchall()
            ]
            found |= dict(_cells(table, rows))
    return found


# --- matrices -------------------------------------------------------------------------


def _matrix() -> Any:
    size = Size(regions=2, sectors=2, categories=2, has_twins=False)
    system = random_system(8, size)
    system.is_synthetic = True  # its money is not the world's
    year = next(iter(system.years))
    close_columns(system.years[year])
    return matrix_file(system, year)


def _write_matrix(folder: Path, *, is_excel: bool) -> None:
    file = _matrix()
    file.write_map(folder.parent / "map.yml")
    if is_excel:
        file.write_excel(folder / "table.xlsx")
    else:
        file.write_csv(folder)


def _of_text(name: str, text: str, mark: str) -> Places:
    found: Places = {}
    for row, cells in enumerate(csv.reader(text.splitlines(), delimiter=mark)):
        for column, cell in enumerate(cells):
            try:
                number = float(cell)
            except ValueError:
                continue
            if math.isfinite(number):
                found[name, row, column] = number
    return found


def _matrix_csv(folder: Path) -> Places:
    found: Places = {}
    for path in folder.rglob("*.csv"):
        found |= _of_text(path.name, path.read_text("utf-8"), ",")
    return found


def _workbook(folder: Path) -> Places:
    import openpyxl

    found: Places = {}
    book = openpyxl.load_workbook(folder / "table.xlsx", data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                texts = _of_text("", value, "\t") if isinstance(value, str) else {}
                for number in texts.values():  # a number kept as text
                    found[sheet.title, cell.coordinate] = number
                if isinstance(value, int | float):
                    found[sheet.title, cell.coordinate] = float(value)
    return found


# --- world tables ---------------------------------------------------------------------

_EXIOBASE = Labels(
    regions=("AT", "CN", "WA"),
    sectors=("Cultivation of wheat", "Construction (45)", "Education (80)"),
    categories=(
        "Final consumption expenditure by households",
        "Changes in inventories",
    ),
    components=("Other net taxes on production",),
    currency="EUR",
    usd=EUR_2010,
    unit="t",
    tonnes=1.0,
)
_EORA = Labels(
    regions=("AFG", "CHN", "USA"),
    sectors=("Agriculture", "Electricity, Gas and Water"),
    categories=("Household final consumption P.3h", "Changes in inventories P.52"),
    components=("Compensation of employees D.1",),
    currency_unit=1e3,
)
_EORA_NAME = "CO2 emissions | All sources"


def _write_exiobase(folder: Path) -> None:
    system = world(_EXIOBASE)
    write_indicators(system, folder.parent / "indicators.csv")
    exiobase3.write_exiobase3(system, 2010, folder / "IOT_2010_ixi.zip")


def _write_eora(folder: Path) -> None:
    system = world(_EORA)
    system.stressors = [Stressor("co2", _EORA_NAME, "kt")]
    write_indicators(system, folder.parent / "indicators.csv")
    eora26.write_eora26(system, 2010, folder)


def _zipped(folder: Path) -> Places:
    found: Places = {}
    for path in folder.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".txt"):
                    text = archive.read(name).decode("utf-8")
                    found |= _of_text(name, text, "\t")
    return found


def _texts(folder: Path) -> Places:
    found: Places = {}
    for path in folder.rglob("*.txt"):
        found |= _of_text(path.name, path.read_text("utf-8"), "\t")
    return found


def _write_cities(folder: Path) -> None:
    system = ceads_city.city_system(1, 2012)
    ceads_city.write_mat(
        folder / "China_city_MRIO_2012.mat", ceads_city.struct_of(system, 2012), "7.3"
    )
    ceads_city.write_co2(folder.parent / "co2.xlsx", system, 2012, ceads_city.Sheet())
    ceads_city.write_regions(folder.parent / "regions.csv", system, 2012)


def _hdf5(folder: Path) -> Places:
    import h5py

    found: Places = {}
    with h5py.File(folder / "China_city_MRIO_2012.mat") as file:

        def add(name: str, node: object) -> None:
            if isinstance(node, h5py.Dataset) and node.dtype.kind == "f":
                values = node[()].ravel().tolist()
                found.update({(name, k): v for k, v in enumerate(values) if v})

        file.visititems(add)
    return found


def _ingest(form: str, source: str, *options: str) -> tuple[str, ...]:
    return ("ingest", form, source, "--name", "a", *options)


_BESIDE = ("--indicators", "indicators.csv")

SOURCES = (
    Source(
        "tidy CSV",
        lambda folder: TinyFolder(folder).write() and None,
        _ingest("tidy", "in"),
        _tidy_csv,
        is_cells=True,
        spoiled="*.csv",
    ),
    Source(
        "tidy Parquet",
        lambda folder: TinyFolder(folder, "parquet").write() and None,
        _ingest("tidy", "in"),
        _tidy_parquet,
        is_cells=True,
        spoiled="*.parquet",
    ),
    Source(
        "descriptor",
        lambda folder: TinyFolder(folder).write() and None,
        _ingest("tidy", "in"),
        _tidy_csv,
        is_cells=True,
        spoiled="*.json",
    ),
    Source(
        "workbook",
        lambda folder: _write_matrix(folder, is_excel=True),
        _ingest("excel", "in/table.xlsx", "--map", "map.yml"),
        _workbook,
    ),
    Source(
        "matrix CSV",
        lambda folder: _write_matrix(folder, is_excel=False),
        _ingest("csv-matrix", "in", "--map", "map.yml"),
        _matrix_csv,
    ),
    Source(
        "EXIOBASE archive",
        _write_exiobase,
        _ingest(
            *("exiobase3", "in/IOT_2010_ixi.zip", *_BESIDE),
            *("--stressor", f"co2={exiobase3.SATELLITE}"),
        ),
        _zipped,
    ),
    Source(
        "Eora26 texts",
        _write_eora,
        _ingest(
            *("eora26", "in", "--year", "2010", *_BESIDE),
            *("--stressor", f"co2={_EORA_NAME}"),
        ),
        _texts,
    ),
    Source(
        "city MATLAB file",
        _write_cities,
        _ingest(
            *("ceads-city", "in/China_city_MRIO_2012.mat"),
            *("--emissions", "co2.xlsx", "--regions", "regions.csv"),
        ),
        _hdf5,
    ),
)


# --- scenarios ------------------------------------------------------------------------

SCENARIOS = """scenario_id,year,region_id,sector_id,category_id,lever,kind,value
clean,2012,north,,,intensity,factor,0.5
clean,,south,01,,intensity,factor,0.75
less,,,,hh,demand,factor,0.9
less,,north,,,demand,scale_to_cap,2.5
"""


def scenario_rows(path: Path) -> tuple[int, int]:
    """Return how many scenarios and rows a file has, by Python's own reader."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return len({row["scenario_id"] for row in rows}), len(rows)


def descriptor_is_kept(work: Path) -> bool:
    """Return whether the stored descriptor says all that the user's says."""
    given = json.loads((work / "in" / "datapackage.json").read_text("utf-8-sig"))
    kept = json.loads((work / "data" / "a" / "datapackage.json").read_text("utf-8"))
    kept.pop("carbonshed")
    given.pop("carbonshed", None)
    return given == kept
