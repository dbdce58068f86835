"""Eora26: five matrices without labels, files of labels, a block ROW at the end."""

import zipfile
from pathlib import Path

import numpy as np

from support.systems import System

ROW = "ROW"


def write_eora26(
    system: System, number: int, folder: Path, row_share: float = 1e-6
) -> Path:
    """Write a year; `row_share` of everything lies in the block of discrepancies."""
    folder.mkdir(parents=True, exist_ok=True)
    year = system.years[number]
    n, C = len(system.producers), len(system.categories)
    demand = year.final_demand.reshape(n, -1)
    (stressor,) = year.emissions
    direct = year.direct[stressor].ravel()
    total = float(demand.sum())
    T = np.zeros((n + 1, n + 1))
    T[:n, :n] = year.transactions
    T[n, 0], T[1, n] = row_share * total, row_share * total
    FD = np.zeros((n + 1, demand.shape[1] + C))
    FD[:n, : demand.shape[1]] = demand
    FD[0, -C:] = row_share * total / C
    own = float(year.emissions[stressor].sum()) * row_share
    Q = np.vstack([[*year.emissions[stressor], own], np.full(n + 1, 3.0)])
    QY = np.vstack([[*direct, *np.zeros(C)], np.zeros(len(direct) + C)])
    VA = np.column_stack([year.value_added, np.zeros(len(year.value_added))])
    tables = {"T": T, "FD": FD, "Q": Q, "QY": QY, "VA": VA}
    for name, values in tables.items():
        path = folder / f"Eora26_{number}_bp_{name}.txt"
        np.savetxt(path, values, fmt="%.17g", delimiter="\t")
    _labels(system, folder)
    return folder


def _labels(system: System, folder: Path) -> None:
    regions = [(f"Land of {r.id}", r.id) for r in system.regions]
    producers = [
        f"{name}\t{code}\tIndustries\t{sector.id}\t"
        for name, code in regions
        for sector in system.sectors
    ]
    users = [
        f"{name}\t{code}\tFinal demand\t{category.id}\t"
        for name, code in [*regions, ("Rest of World", ROW)]
        for category in system.categories
    ]
    files = {
        "labels_T": [*producers, f"Rest of World\t{ROW}\tIndustries\tTOTAL\t"],
        "labels_FD": users,
        "labels_VA": [f"Primary inputs\t{name}\t" for name in system.components],
        "labels_Q": ["CO2 emissions (Gg)\tAll sources\t", "Energy use (TJ)\tAll\t"],
    }
    for name, lines in files.items():
        text = "\n".join(lines) + "\n"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def zipped(folder: Path, number: int, with_labels: bool = True) -> Path:
    """Put the files into Eora26_YYYY_bp.zip; labels may lie in indices.zip."""
    path = folder / f"Eora26_{number}_bp.zip"
    with (
        zipfile.ZipFile(path, "w") as archive,
        zipfile.ZipFile(folder / "indices.zip", "w") as indices,
    ):
        for file in sorted(folder.glob("*.txt")):
            is_label = file.name.startswith("labels")
            place = indices if is_label and not with_labels else archive
            place.write(file, file.name)
            file.unlink()
    return path
