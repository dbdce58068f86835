"""OECD inter-country tables: one CSV with a label like AUS_A01_02 on each axis."""

from pathlib import Path

import numpy as np
import pandas as pd

from support.systems import System


def frame(system: System, number: int, release: int = 2023) -> pd.DataFrame:
    """Return the whole table as it is published."""
    year = system.years[number]
    n = len(system.producers)
    rows = [f"{r}_{s}" for r, s in system.producers]
    users = [(r.id, c.id) for r in system.regions for c in system.categories]
    columns = [f"{c}_{r}" if release == 2016 else f"{r}_{c}" for r, c in users]
    demand = year.final_demand.reshape(n, -1)
    table = pd.DataFrame(
        np.hstack([year.transactions, demand]), rows, [*rows, *columns]
    )
    output = year.transactions.sum(axis=1) + demand.sum(axis=1)
    names = ("TLS", "VA") if release > 2018 else ("AUS_TAXSUB", "VALU")
    total = "OUT" if release > 2018 else "TOTAL"
    for name, values in zip(names, year.value_added, strict=True):
        table.loc[name] = [*values, *([0.0] * len(users))]
    table[total] = [*output, 0.0, 0.0]
    table.loc["OUT"] = [*output, *([0.0] * (len(users) + 1))]
    return table


def write_icio(system: System, number: int, folder: Path, release: int = 2023) -> Path:
    """Write the CSV file of a year."""
    path = folder / f"ICIO{release}_{number}.csv"
    frame(system, number, release).to_csv(path, float_format="%.17g", index_label="V1")
    return path


def write_emissions(system: System, number: int, path: Path) -> Path:
    """Write the satellite that the tables lack."""
    year = system.years[number]
    lines = ["year,stressor_id,region_id,sector_id,category_id,value"]
    for stressor, values in year.emissions.items():
        for (region, sector), value in zip(system.producers, values, strict=True):
            lines.append(f"{number},{stressor},{region},{sector},,{float(value)!r}")
        for k, region in enumerate(system.regions):
            for c, category in enumerate(system.categories):
                value = float(year.direct[stressor][k, c])
                if value:
                    lines.append(
                        f"{number},{stressor},{region.id},,{category.id},{value!r}"
                    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
