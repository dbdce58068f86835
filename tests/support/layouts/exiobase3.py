"""EXIOBASE 3 as on Zenodo: a zip file of text tables in a folder of its own."""

import json
import zipfile
from pathlib import Path

import pandas as pd

from support.systems import System, Year

SATELLITE = "CO2 - combustion - air"


def tables(system: System, number: int) -> dict[str, pd.DataFrame]:
    """Return every table by its path."""
    year = system.years[number]
    rows = pd.MultiIndex.from_tuples(system.producers, names=["region", "sector"])
    users = pd.MultiIndex.from_product(
        [[r.id for r in system.regions], [c.id for c in system.categories]],
        names=["region", "category"],
    )
    demand = year.final_demand.reshape(len(rows), -1)
    unit = f"M.{system.currency}"
    found = {
        "Z": pd.DataFrame(year.transactions, rows, rows),
        "Y": pd.DataFrame(demand, rows, users),
        "x": pd.DataFrame(
            {"indout": year.transactions.sum(axis=1) + demand.sum(axis=1)}, rows
        ),
        "unit": pd.DataFrame({"unit": unit}, rows),
    }
    return {**found, **_satellite(system, year, rows, users, unit)}


def _satellite(
    system: System, year: Year, rows: pd.MultiIndex, users: pd.MultiIndex, unit: str
) -> dict[str, pd.DataFrame]:
    (stressor,) = year.emissions
    F = pd.DataFrame(
        [*year.value_added, year.emissions[stressor] * 1e3, year.emissions[stressor]],
        [*system.components, SATELLITE, "Employment hours"],
        rows,
    )
    F_Y = pd.DataFrame(0.0, F.index, users)
    F_Y.loc[SATELLITE] = year.direct[stressor].ravel() * 1e3
    units = pd.DataFrame(
        {"unit": [unit] * len(system.components) + ["kg", "hr"]}, F.index
    )
    impacts = pd.DataFrame([F.loc[SATELLITE].to_numpy()], ["GHG emissions"], rows)
    found = {
        "satellite/F": F,
        "satellite/F_Y": F_Y,
        "satellite/unit": units,
        "impacts/F": impacts,
        "impacts/unit": pd.DataFrame({"unit": ["kg CO2 eq."]}, impacts.index),
    }
    for frame in found.values():
        frame.index.name = "stressor"
    return found


def write_exiobase3(
    system: System, number: int, path: Path, version: str = "3.8.2"
) -> Path:
    """Write the zip file of a year; numbers of stressors are in kg there, not t."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        files: dict[str, dict[str, dict]] = {}
        for name, frame in tables(system, number).items():
            folder, _, table = name.rpartition("/")
            text = frame.to_csv(sep="\t", float_format="%.17g")
            archive.writestr(f"{path.stem}/{name}.txt", text)
            files.setdefault(folder, {})[table] = {
                "name": f"{table}.txt",
                "nr_index_col": str(frame.index.nlevels),
                "nr_header": str(frame.columns.nlevels),
            }
        for folder, entries in files.items():
            content = {
                "files": entries,
                "systemtype": "Extension" if folder else "IOSystem",
            }
            if folder:
                content["name"] = folder
            place = f"{path.stem}/{folder}/".replace("//", "/")
            archive.writestr(f"{place}file_parameters.json", json.dumps(content))
        meta = {
            "description": "Metadata for pymrio Multi Regional Input Output Database",
            "name": "EXIOBASE",
            "system": "ixi",
            "version": version,
            "history": [],
        }
        archive.writestr(f"{path.stem}/metadata.json", json.dumps(meta))
    return path
