"""A year of a dataset as the folder that pymrio's ``load_all`` reads."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carbonshed import __version__
from carbonshed.dataset import Dataset
from carbonshed.dataset.matrix_store import read_matrix_table
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
    "deflators",
    "carbon_prices",
    "border_charges",
    "characterisation_factors",
    "official_footprints",
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
    """Write Z, Y, x, units, population and satellites of one year; return the year.

    Exports are a category ``EXPORT`` of Y, in the region that delivers; imports from
    outside the system are an extension ``imports``, and value added is
    an extension ``value_added``. Names, people and units that pymrio has no place for
    are in ``carbonshed.json``; the tables `NOT_CARRIED` are left out.

    Parameters
    ----------
    folder
        A new or empty folder.
    year
        May be left out if the dataset has one.
    table_format
        ``parquet`` keeps every label and digit; ``txt`` is refused for labels that
        reading text would change.

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
        self.table = table = read_matrix_table(dataset, year)
        self.region_ids = [row["region_id"] for row in table.regions]
        self.producers = pd.MultiIndex.from_product(
            [self.region_ids, [row["sector_id"] for row in table.sectors]],
            names=["region", "sector"],
        )
        self.has_exports = table.exports is not None and bool(table.exports.any())
        categories = [row["category_id"] for row in table.categories]
        self.users = pd.MultiIndex.from_product(
            [self.region_ids, [*categories, *[EXPORT] * self.has_exports]],
            names=["region", "category"],
        )
        block = dataset.descriptor["mrio"]
        came = dataset.descriptor.get("pymrio", {})
        power = _POWERS.get(block["currency_unit"])
        if power is None:
            power = f"{block['currency_unit']:g} "
        self.money = came.get("money") or f"{power}{block['currency']}"
        # names of rows in the system from which the dataset was read
        self.names = came.get("rows", {})

    def final_demand(self) -> "pd.DataFrame":
        """Return Y; exports are the last category of the region that delivers."""
        import pandas as pd

        table, n = self.table, len(self.producers)
        values = self.by_user(table.final_demand)
        if self.has_exports:
            regions, sectors = table.shape
            columns = len(self.users) // regions
            last = np.arange(1, regions + 1) * columns - 1
            values[np.arange(n), np.repeat(last, sectors)] = table.exports
        return pd.DataFrame(values, index=self.producers, columns=self.users)

    def by_user(self, values: np.ndarray) -> np.ndarray:
        """Return values by region and category in the columns of Y, shape (..., m)."""
        by_region = values.reshape(*values.shape[:-1], *self.table.demand_shape)
        export = np.zeros((*by_region.shape[:-1], int(self.has_exports)))
        padded = np.concatenate([by_region, export], axis=-1)
        return padded.reshape(*values.shape[:-1], len(self.users))


def _refuse_labels(system: _System) -> None:
    """Refuse labels that pandas would not read back from text as they are."""
    lists = {
        "region": system.region_ids,
        "sector": [row["sector_id"] for row in system.table.sectors],
        "category": [row["category_id"] for row in system.table.categories],
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
    Y = system.final_demand()
    producers, Z = system.producers, system.table.transactions
    # the x that fits Z and Y, as in the warehouse: pymrio would take any other
    output = Z.sum(axis=1) + Y.to_numpy().sum(axis=1)
    tables: dict[str, pd.DataFrame] = {
        "Z": pd.DataFrame(Z, index=producers, columns=producers),
        "Y": Y,
        "x": pd.DataFrame({"indout": output}, index=producers),
        "unit": pd.DataFrame({"unit": system.money}, index=producers),
    }
    population = system.table.population
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
    _write_json(folder / METADATA, _carbonshed_metadata(system))
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
    table = system.table
    for row in table.stressors:
        label, unit = row["stressor_id"], row["unit"]
        direct = system.by_user(table.direct_emissions[label].ravel())
        values = table.emissions[label], direct
        _add(extensions, system, label, EMISSIONS, unit, values)
    for label, flows in table.value_added.items():
        _add(extensions, system, label, VALUE_ADDED, system.money, (flows, None))
    if table.imports_by_sector is not None:
        values = table.imports_by_sector, system.by_user(table.imports_by_category)
        _add(extensions, system, IMPORTS, IMPORTS, system.money, values)
    return {name: _frames(system, entries) for name, entries in extensions.items()}


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


def _carbonshed_metadata(system: _System) -> dict[str, Any]:
    """Return the facts on a dataset that pymrio's tables have no field for."""
    table = system.table
    descriptor = {
        key: value
        for key, value in table.descriptor.items()
        if key in ("title", "licenses", "sources", "mrio", "pymrio")
    }
    return {
        "carbonshed_version": __version__,
        "year": system.year,
        "output": None if table.output is None else table.output.tolist(),
        "descriptor": descriptor,
        "regions": table.regions,
        "sectors": table.sectors,
        "categories": table.categories,
        "stressors": table.stressors,
        "components": sorted(table.value_added),
        "gdp": table.gdp,
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
