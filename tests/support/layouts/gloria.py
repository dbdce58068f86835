"""GLORIA: supply and use in one matrix, twice as wide as there are sectors."""

import zipfile
from pathlib import Path

import numpy as np
import openpyxl

from support.systems import System

_NAME = "120secMother_AllCountries_002_{part}-Results_{year}_0{release}_Markup001(full)"


def write_gloria(
    system: System,
    number: int,
    folder: Path,
    supply: np.ndarray | None = None,
    empty_share: float = 1e-6,
    release: str = "59",
    as_zip: bool = False,
) -> Path:
    """Write a year with a further region DYE without transactions.

    Without `supply`, shape (n, n), every industry makes its own product; then
    products by products are the transactions of the system. With it, the transactions
    are taken for the use table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    year = system.years[number]
    R, S, C = len(system.regions), len(system.sectors), len(system.categories)
    n = R * S
    demand = year.final_demand.reshape(n, -1)
    (stressor,) = year.emissions
    if supply is None:
        supply = np.diag(year.transactions.sum(axis=1) + demand.sum(axis=1))
    industry = np.concatenate([np.arange(S) + 2 * S * r for r in range(R)])
    product = industry + S
    side = 2 * S * (R + 1)
    T = np.zeros((side, side))
    T[np.ix_(industry, product)] = supply
    T[np.ix_(product, industry)] = year.transactions
    Y = np.zeros((side, (R + 1) * C))
    Y[product, : R * C] = demand
    Y[product[0], R * C] = empty_share * demand.sum()
    V = np.zeros(((R + 1) * len(system.components), side))
    for r in range(R):
        rows = slice(r * len(system.components), (r + 1) * len(system.components))
        block = industry[r * S : (r + 1) * S]
        V[rows, block] = year.value_added[:, system.block(r)]
    TQ = np.zeros((2, side))
    TQ[0, industry] = year.emissions[stressor]
    TQ[0, 2 * S * R] = empty_share * year.emissions[stressor].sum()
    YQ = np.zeros((2, (R + 1) * C))
    YQ[0, : R * C] = year.direct[stressor].ravel()
    parts = {"T": T, "Y": Y, "V": V, "TQ": TQ, "YQ": YQ}
    _tables(folder, number, release, parts, as_zip)
    _readme(system, folder / f"GLORIA_ReadMe_0{release}.xlsx")
    return folder


def _tables(
    folder: Path, number: int, release: str, parts: dict[str, np.ndarray], as_zip: bool
) -> None:
    digits = release.rstrip("a")
    names = {
        f"GLORIA_MRIOs_{digits}_{number}": ("T", "Y", "V"),
        f"GLORIA_SatelliteAccounts_0{digits}_{number}": ("TQ", "YQ"),
    }
    for name, wanted in names.items():
        place = folder / name
        place.mkdir()
        for part in wanted:
            title = _NAME.format(part=part, year=number, release=digits)
            file = place / f"20230310_{title}.csv"
            np.savetxt(file, parts[part], fmt="%.17g", delimiter=",")
        if as_zip:
            with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
                for file in sorted(place.iterdir()):
                    archive.write(file, file.name)
                    file.unlink()
            place.rmdir()


def _readme(system: System, path: Path) -> None:
    book = openpyxl.Workbook()
    regions = book.active
    regions.title = "Regions"
    regions.append(["Lfd_Nr", "Region_acronyms", "Region_names"])
    for k, region in enumerate([r.id for r in system.regions] + ["DYE"], start=1):
        regions.append([k, region, f"Land of {region}"])
    sectors = book.create_sheet("Sectors")
    sectors.append(["Lfd_Nr", "Sector_names"])
    for k, sector in enumerate(system.sectors, start=1):
        sectors.append([k, sector.id])
    values = book.create_sheet("Value added and final demand")
    values.append(["Lfd_Nr", "Value_added_names", "Final_demand_names"])
    pairs = zip(system.components, system.categories, strict=True)
    for k, (component, category) in enumerate(pairs, start=1):
        values.append([k, component, category.id])
    satellites = book.create_sheet("Satellites")
    satellites.append(["Lfd_Nr", "Sat_indicator", "Sat_head_indicator", "Sat_unit"])
    satellites.append([1, "'co2_total_EDGAR'", "GHG emissions", "kilotonnes"])
    satellites.append([2, "'Energy_use'", "Energy", "TJ"])
    book.save(path)
