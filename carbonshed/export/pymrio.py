"""A year of a dataset as the folder that pymrio's ``load_all`` reads."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from carbonshed import __version__
from carbonshed.dataset import Dataset
from carbonshed.errors import CarbonshedError
from carbonshed.outputs import refuse_folders_of_commands
from carbonshed.progress import Progress
from carbonshed.readers.world.from_pymrio import (
    EMISSIONS,
    EXPORT,
    IMPORTS,
    METADATA,
    PARAMETERS,
    VALUE_ADDED,
)
from carbonshed.text import listing

if TYPE_CHECKING:
    import pandas as pd

TABLE_FORMATS = ("parquet", "txt")

# tables of a dataset for which pymrio has no file
NOT_CARRIED = (
    "imported_products",
    "import_intensities",
    "relative_errors",
    "characterisation_factors",
)

_POWERS = {1.0: "", 1e3: "000 ", 1e6: "Million ", 1e9: "Billion "}
# pandas takes these for a missing value when it reads text
_NOT_TEXT = {"", "na", "n/a", "nan", "null", "none", "<na>", "#n/a", "#na", "-nan"}


def export_pymrio(
    dataset: Dataset,
    folder: Path,
    year: int | None,
    table_format: str,
    progress: Progress,
) -> int:
    """Write Z, Y, x, units, population and satellites of one year.

    Exports are a category ``EXPORT`` of Y, in the region that delivers; imports from
    outside the system are an extension ``imports``, and value added is
    an extension ``value_added``. Names, people and units that pymrio has no place for
    are in ``carbonshed.json``; the tables `NOT_CARRIED` are left out.

    Parameters
    ----------
    dataset
        The dataset.
    folder
        A new or empty folder.
    year
        The year; may be left out if the dataset has one.
    table_format
        ``parquet`` keeps every label and digit; ``txt`` is refused for labels that
        reading text would change.
    progress
        A receiver of the file that is being written and of the share done.

    Returns
    -------
    int
        The year.

    Raises
    ------
    CarbonshedError
        If the folder is not empty or one in which commands alone write, the year is not
        there, or a label cannot be written as text.
    """
    refuse_folders_of_commands(folder)
    chosen = _year(dataset, year)
    if table_format not in TABLE_FORMATS:
        raise CarbonshedError(
            f"--table-format {table_format}: expected one of {listing(TABLE_FORMATS)}"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CarbonshedError(f"{folder}: is not an empty folder; choose another")
    system = _System(dataset, chosen)
    if table_format == "txt":
        _refuse_labels(system)
    was_there = folder.exists()
    try:
        _write(system, folder, table_format, progress)
    except BaseException as error:
        _remove(folder, was_there)
        if isinstance(error, OSError):
            raise CarbonshedError(
                f"{folder}: cannot be written: {error.strerror or error}"
            ) from None
        raise
    return chosen


def _remove(folder: Path, was_there: bool) -> None:
    """Remove the files that were written before an error."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if folder.is_dir() and not was_there:
        folder.rmdir()


def _year(dataset: Dataset, year: int | None) -> int:
    years = listing(dataset.years)
    if year is None:
        if len(dataset.years) != 1:
            raise CarbonshedError(
                f"dataset {dataset.name!r} has the years {years}, and a pymrio system "
                "has one; choose it with --year"
            )
        return dataset.years[0]
    if year not in dataset.years:
        raise CarbonshedError(
            f"dataset {dataset.name!r} has no year {year}; it has {years}"
        )
    return year


class _System:
    """One year of a dataset, with the axes of pymrio's frames."""

    def __init__(self, dataset: Dataset, year: int) -> None:
        import pandas as pd

        self.dataset, self.year = dataset, year
        self.regions = self._labels("regions", "region_position")
        self.sectors = self._labels("sectors", "sector_position")
        self.categories = self._labels("final_demand_categories", "category_position")
        self.stressors = dataset.read("stressors").to_pylist()
        self.region_ids = [row["region_id"] for row in self.regions]
        self.producers = pd.MultiIndex.from_product(
            [self.region_ids, [row["sector_id"] for row in self.sectors]],
            names=["region", "sector"],
        )
        self.exports = self.vector(self.rows("exports"))
        categories = [row["category_id"] for row in self.categories]
        if self.exports.any():
            categories.append(EXPORT)
        self.users = pd.MultiIndex.from_product(
            [self.region_ids, categories], names=["region", "category"]
        )
        block = dataset.descriptor["mrio"]
        came = dataset.descriptor.get("pymrio", {})
        power = _POWERS.get(block["currency_unit"])
        if power is None:
            power = f"{block['currency_unit']:g} "
        self.money = came.get("money") or f"{power}{block['currency']}"
        # names of rows in the system from which the dataset was read
        self.names = came.get("rows", {})

    def _labels(self, table: str, position: str) -> list[dict[str, Any]]:
        rows = self.dataset.read(table).sort_by(position).to_pylist()
        return [{k: v for k, v in row.items() if k != position} for row in rows]

    def rows(self, table: str) -> Any:
        """Return the rows of a stored table of this year."""
        rows = self.dataset.read(table, filters=[("year", "=", self.year)])
        return rows.combine_chunks()

    def transactions(self) -> "pd.DataFrame":
        """Return Z."""
        import pandas as pd

        rows, n = self.rows("transactions"), len(self.producers)
        values = np.zeros((n, n))
        cells = (rows["origin_id"].to_numpy(), rows["destination_id"].to_numpy())
        values[cells] = rows["value"].to_numpy()
        return pd.DataFrame(values, index=self.producers, columns=self.producers)

    def final_demand(self) -> "pd.DataFrame":
        """Return Y; exports are the last category of the region that delivers."""
        import pandas as pd

        rows, n = self.rows("final_demand"), len(self.producers)
        values = np.zeros((n, len(self.users)))
        cells = (rows["origin_id"].to_numpy(), self.columns_of(rows))
        values[cells] = rows["value"].to_numpy()
        if self.exports.any():
            regions, columns = len(self.regions), len(self.users) // len(self.regions)
            last = np.arange(1, regions + 1) * columns - 1
            values[np.arange(n), np.repeat(last, len(self.sectors))] = self.exports
        return pd.DataFrame(values, index=self.producers, columns=self.users)

    def output(self) -> list[float] | None:
        """Return output as published, None if the dataset has none."""
        rows = self.rows("output")
        return self.vector(rows).tolist() if len(rows) else None

    def columns_of(self, rows: Any) -> np.ndarray:
        """Return the column of Y for rows with a region and a category."""
        position = {pair: k for k, pair in enumerate(self.users)}
        pairs = zip(
            rows["region_id"].to_pylist(), rows["category_id"].to_pylist(), strict=True
        )
        return np.array([position[pair] for pair in pairs], dtype=int)

    def vector(self, rows: Any) -> np.ndarray:
        """Return values by producer, shape (n,)."""
        values = np.zeros(len(self.producers))
        values[rows["region_sector_id"].to_numpy()] = rows["value"].to_numpy()
        return values

    def by_user(self, rows: Any) -> np.ndarray:
        """Return values by final user, shape (m,)."""
        values = np.zeros(len(self.users))
        values[self.columns_of(rows)] = rows["value"].to_numpy()
        return values


def _refuse_labels(system: _System) -> None:
    """Refuse labels that pandas would not read back from text as they are."""
    lists = {
        "region": system.region_ids,
        "sector": [row["sector_id"] for row in system.sectors],
        "category": [row["category_id"] for row in system.categories],
    }
    for name, labels in lists.items():
        for label in labels:
            if _is_changed(label):
                raise CarbonshedError(
                    f"{name} {label!r} would be read back from text as a number, as a "
                    "missing value, or in parts; use --table-format parquet"
                )


def _is_changed(label: str) -> bool:
    if label.strip().casefold() in _NOT_TEXT or set(label) & set('\t\n\r"'):
        return True
    if label.casefold() in ("true", "false") or label != label.strip():
        return True
    try:
        float(label)
    except ValueError:
        return False
    return True


def _write(
    system: _System, folder: Path, table_format: str, progress: Progress
) -> None:
    import pandas as pd

    progress("reading Z", 0.1)
    transactions = system.transactions()
    Y = system.final_demand()
    # the x that fits Z and Y, as in the warehouse: pymrio would take any other
    output = transactions.to_numpy().sum(axis=1) + Y.to_numpy().sum(axis=1)
    tables: dict[str, pd.DataFrame] = {"Z": transactions, "Y": Y}
    tables["x"] = pd.DataFrame({"indout": output}, index=system.producers)
    tables["unit"] = pd.DataFrame({"unit": system.money}, index=system.producers)
    people = system.rows("region_years")
    population = _by_region(system, people, "population")
    if any(population):
        numbers = [np.nan if p is None else float(p) for p in population]
        tables["population"] = pd.DataFrame(
            [numbers], index=["Population"], columns=system.region_ids
        )
        tables["population"].columns.name = "region"
    progress("writing satellites", 0.6)
    for name, frames in _extensions(system).items():
        _save(folder / name, frames, "Extension", name, table_format)
    _write_json(folder / "metadata.json", _metadata(system))
    _write_json(folder / METADATA, _carbonshed_metadata(system, people))
    # last, because a folder without its list of tables is no system to pymrio
    progress("writing Z and Y", 0.8)
    _save(folder, tables, "IOSystem", None, table_format)


def _save(
    folder: Path,
    tables: dict[str, "pd.DataFrame"],
    kind: str,
    name: str | None,
    table_format: str,
) -> None:
    """Write tables and the file that lists them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for table, frame in tables.items():
        path = folder / f"{table}.{table_format}"
        if table_format == "txt":
            frame.to_csv(path, sep="\t")
        else:
            frame.to_parquet(path)
        files[table] = {
            "name": path.name,
            "nr_index_col": str(frame.index.nlevels),
            "nr_header": str(frame.columns.nlevels),
        }
    content: dict[str, Any] = {"files": files, "systemtype": kind}
    if name is not None:
        content["name"] = name
    _write_json(folder / PARAMETERS, content)


def _extensions(system: _System) -> dict[str, dict[str, "pd.DataFrame"]]:
    """Return the frames of each extension by its name."""
    extensions: dict[str, list[tuple]] = {}
    for row in system.stressors:
        label, unit = row["stressor_id"], row["unit"]
        flows = _of(system.rows("emissions"), "stressor_id", label)
        direct = _of(system.rows("direct_emissions"), "stressor_id", label)
        values = system.vector(flows), system.by_user(direct)
        _add(extensions, system, label, EMISSIONS, unit, values)
    rows = system.rows("value_added")
    for label in dict.fromkeys(rows["component_id"].to_pylist()):
        values = system.vector(_of(rows, "component_id", label)), None
        _add(extensions, system, label, VALUE_ADDED, system.money, values)
    imports = system.rows("imports")
    if len(imports):
        values = _imports(system, imports)
        _add(extensions, system, IMPORTS, IMPORTS, system.money, values)
    return {name: _frames(system, entries) for name, entries in extensions.items()}


def _of(rows: Any, column: str, label: str) -> Any:
    return rows.filter(pc.equal(rows[column], label))


def _add(
    extensions: dict[str, list[tuple]],
    system: _System,
    label: str,
    extension: str,
    unit: str,
    values: tuple[np.ndarray, np.ndarray | None],
) -> None:
    """Add a row under the name that it came with, if it came from pymrio."""
    flows, direct = values
    came = system.names.get(label)
    levels, parts = ["stressor"], (label,)
    if came is not None:
        extension, levels, parts = came["extension"], came["levels"], came["label"]
        direct = direct if came["has_direct"] else None
    entry = (tuple(parts), unit, flows, direct, levels)
    extensions.setdefault(extension, []).append(entry)


def _imports(system: _System, rows: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return imports by producer and by final user."""
    of_users = rows.filter(pc.is_valid(rows["category_id"]))
    of_sectors = rows.filter(pc.is_valid(rows["sector_id"]))
    position = {pair: k for k, pair in enumerate(system.producers)}
    regions, sectors = (of_sectors[c].to_pylist() for c in ("region_id", "sector_id"))
    pairs = zip(regions, sectors, strict=True)
    flows = np.zeros(len(position))
    flows[[position[pair] for pair in pairs]] = of_sectors["value"].to_numpy()
    return flows, system.by_user(of_users)


def _frames(system: _System, entries: list[tuple]) -> dict[str, "pd.DataFrame"]:
    import pandas as pd

    levels = entries[0][4]
    if len({len(entry[0]) for entry in entries}) > 1:  # rows from several systems
        levels = ["stressor"]
        entries = [((" | ".join(entry[0]),), *entry[1:]) for entry in entries]
    if len(levels) == 1:
        index = pd.Index([entry[0][0] for entry in entries], name=levels[0] or None)
    else:
        index = pd.MultiIndex.from_tuples([entry[0] for entry in entries], names=levels)
    flows = np.vstack([entry[2] for entry in entries])
    frames = {"F": pd.DataFrame(flows, index=index, columns=system.producers)}
    if any(entry[3] is not None for entry in entries):
        empty = np.zeros(len(system.users))
        direct = np.vstack([empty if e[3] is None else e[3] for e in entries])
        frames["F_Y"] = pd.DataFrame(direct, index=index, columns=system.users)
    frames["unit"] = pd.DataFrame(
        {"unit": [entry[1] for entry in entries]}, index=index
    )
    return frames


def _metadata(system: _System) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y%m%d %H:%M:%S")
    return {
        "description": f"{system.dataset.title}, {system.year}",
        "name": system.dataset.name,
        "system": None,
        "version": None,
        "history": [f"{now} - FILEIO -  Exported by carbonshed {__version__}"],
    }


def _carbonshed_metadata(system: _System, people: Any) -> dict[str, Any]:
    """Return the facts on a dataset that pymrio's tables have no field for."""
    descriptor = {
        key: value
        for key, value in system.dataset.descriptor.items()
        if key in ("title", "licenses", "sources", "mrio", "pymrio")
    }
    return {
        "carbonshed_version": __version__,
        "year": system.year,
        "output": system.output(),
        "descriptor": descriptor,
        "regions": system.regions,
        "sectors": system.sectors,
        "categories": system.categories,
        "stressors": system.stressors,
        "components": sorted(
            set(system.rows("value_added")["component_id"].to_pylist())
        ),
        "gdp": _by_region(system, people, "gdp"),
    }


def _by_region(system: _System, people: Any, column: str) -> list[Any]:
    """Return a column of region_years in the order of the regions, None for gaps."""
    ids, values = people["region_id"].to_pylist(), people[column].to_pylist()
    value_of = dict(zip(ids, values, strict=True))
    return [value_of.get(region) for region in system.region_ids]


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
