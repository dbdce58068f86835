"""GLORIA: 164 regions, 120 sectors, published as supply and use tables."""

import glob
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.core import (
    Core,
    core_of,
    numbers,
    row_labels,
    texts,
    without_nan,
)
from carbonshed.readers.world.formats import GLORIA
from carbonshed.readers.world.reading import (
    Reading,
    list_folder,
    names_in,
    open_member,
    parse_with,
    read_cells,
    start_reading,
)
from carbonshed.readers.world.satellites import Part, Satellite
from carbonshed.readers.world.world_table import (
    assemble,
    check_losses,
    finish,
    money_unit,
)

if TYPE_CHECKING:
    import pandas as pd

Member = tuple[Path, str]  # a folder or archive, and a file in it

_UNIT = "000 US$"
_ACRONYMS = "Region_acronyms"
_NAME = (
    "_120secMother_AllCountries_002_{part}-Results_{year}_0{version}"
    "_Markup001(full).csv"
)


def read_gloria(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of GLORIA in basic prices, as products by products."""
    reading = start_reading(GLORIA, source, options, progress)
    where = reading.where
    release = _release_of(source, where)
    files = _files(source, reading.year, release, where)
    (sut, _), _warnings = reading.parse(
        reading.pymrio.tools.ioparser.parse_gloria_sut,
        Path(glob.escape(str(source.resolve()))),
        reading.year,
        int(release) if release.isdigit() else release,
    )
    core, shares, notes = _core(sut, where)
    satellites = [
        _satellite(sut, shares, where),
        _value_added(sut["VA"], shares, where),
    ]
    money = money_unit([_UNIT], where, options.unit)
    table = assemble(core, satellites, money, reading)
    table.descriptor["title"] = f"{GLORIA.title} {release}, {reading.year}"
    table.decisions += notes
    table.decisions += _losses(reading, files, table, satellites[0])
    return finish(table, reading)


def regions_of(source: Path, _: int | None, where: str) -> list[str]:
    """Return the regions of a release, from its ReadMe."""
    release = _release_of(source, where)
    readme = source / f"GLORIA_ReadMe_0{release}.xlsx"
    frame = _sheet(readme, "Regions", where)
    if _ACRONYMS not in frame:
        raise CarbonshedError(f"{where}: {readme.name} has no column {_ACRONYMS}")
    return texts(frame[_ACRONYMS], where)


def _sheet(readme: Path, name: str, where: str) -> "pd.DataFrame":
    import pandas as pd

    return parse_with(pd.read_excel, readme, sheet_name=name, where=where)


def _release_of(folder: Path, where: str) -> str:
    """Return the release, from the name of the ReadMe: 59a."""
    readmes = sorted(folder.glob("GLORIA_ReadMe_0*.xlsx"))
    if len(readmes) != 1:
        names = ", ".join(path.name for path in readmes) or list_folder(folder)
        raise CarbonshedError(
            f"{where}: {len(readmes)} files GLORIA_ReadMe_0VV.xlsx; expected one, "
            f"which names the release (found {names}); releases 59 and 59a "
            "name their tables alike, so keep one release in a folder"
        )
    return re.sub(r"^GLORIA_ReadMe_0|\.xlsx$", "", readmes[0].name)


def _files(folder: Path, year: int, release: str, where: str) -> dict[str, Member]:
    """Return the file of every table, in one of two folders or archives."""
    number = re.sub(r"\D", "", release)
    parts_of = {
        f"GLORIA_MRIOs_{number}_{year}": ("T", "Y", "V"),
        f"GLORIA_SatelliteAccounts_0{number}_{year}": ("TQ", "YQ"),
    }
    files = {}
    for start, parts in parts_of.items():
        paths = sorted(path for path in folder.iterdir() if path.name.startswith(start))
        if len(paths) != 1:
            raise CarbonshedError(
                f"{where}: {len(paths)} files or folders {start}*; expected one (the "
                f"folder has {list_folder(folder)})"
            )
        names = names_in(paths[0], where)
        for part in parts:
            ending = _NAME.format(part=part, year=year, version=number)
            matches = [name for name in names if name.endswith(ending)]
            if len(matches) != 1:
                raise CarbonshedError(
                    f"{where}: {paths[0].name} has {len(matches)} files *{ending}; it "
                    f"has {', '.join(names[:12]) or 'nothing'}"
                )
            files[part] = (paths[0], matches[0])
    return files


def _core(
    sut: dict[str, Any], where: str
) -> tuple[Core, "pd.DataFrame", list[Decision]]:
    """Return products by products under the industry technology assumption.

    Inputs and emissions of an industry go to products in the shares of its supply:
    Z = U diag(1/g) V (Eurostat 2008, model B). An industry that supplies nothing
    keeps what it has in the product of its own name.
    """
    import pandas as pd

    use, supply, demand = sut["U"], sut["V"], sut["Y"]
    if list(supply.index) != list(use.columns) or list(supply.columns) != list(
        use.index
    ):
        raise CarbonshedError(
            f"{where}: industries or products of supply and use differ; expected the "
            "same in the same order"
        )
    values, notes = _finite(supply, where, "supply")
    uses, more = _finite(use, where, "use")
    notes += more
    output = values.sum(axis=1)
    zero_output = output == 0
    shares = np.divide(values, np.where(zero_output, 1.0, output)[:, None])
    notes.append(
        Decision(
            "industry_technology",
            "products by products; industries' inputs and emissions by supply shares",
        )
    )
    if zero_output.any():
        if list(supply.index) != list(supply.columns):
            raise CarbonshedError(
                f"{where}: {int(zero_output.sum())} industries supply nothing, and "
                "products have other names than industries; cannot say where they "
                "belong"
            )
        shares[zero_output] = np.eye(len(shares))[zero_output]
        notes.append(
            Decision(
                "zero_output",
                f"{int(zero_output.sum())} industries supply nothing: what they use "
                "and emit stays with the product of the same name",
            )
        )
    flows = uses @ shares
    frame = pd.DataFrame(flows, index=use.index, columns=use.index)
    core = core_of(frame, demand, where)
    expected = float(uses.sum())
    if abs(core.transactions.sum() - expected) > 1e-12 * np.abs(flows).sum():
        raise CarbonshedError(
            f"{where}: uses sum to {expected!r}, transactions to "
            f"{core.transactions.sum()!r}; expected the same"
        )
    return core, pd.DataFrame(shares, index=use.columns, columns=use.index), notes


def _satellite(sut: dict[str, Any], shares: "pd.DataFrame", where: str) -> Satellite:
    flows, direct = sut["Q"], sut["QY"]
    units = [str(unit) for unit in flows.index.get_level_values(2)]
    flows = flows.droplevel(2)
    labels = row_labels(flows.index, f"{where}: rows of the satellite")
    by_product, notes = _by_product(flows, shares, where, "Q")
    levels = list(flows.index.names)
    return Satellite("Q", labels, levels, units, by_product, direct, notes)


def _value_added(
    frame: "pd.DataFrame", shares: "pd.DataFrame", where: str
) -> Satellite:
    """Return value added; every region has rows of its own, which are summed."""
    values, notes = _finite(frame, where, "value added")
    frame = type(frame)(values, index=frame.index, columns=frame.columns)
    summed = frame.groupby(level="inputtype", sort=False).sum()
    labels = row_labels(summed.index, f"{where}: rows of value added")
    units = [_UNIT] * len(labels)
    by_product, _ = _by_product(summed, shares, where, "value added")
    return Satellite("VA", labels, ["inputtype"], units, by_product, None, notes)


def _by_product(
    frame: "pd.DataFrame", shares: "pd.DataFrame", where: str, name: str
) -> tuple["pd.DataFrame", list[Decision]]:
    values, notes = _finite(frame, where, name)
    columns = shares.columns
    return type(frame)(values @ shares.to_numpy(), frame.index, columns), notes


def _finite(
    frame: "pd.DataFrame", where: str, name: str
) -> tuple[np.ndarray, list[Decision]]:
    """Return numbers without NaN: in a product one would spread over its row."""
    values, notes = without_nan(numbers(frame, f"{where}: {name}"), name)
    if not np.isfinite(values).all():
        raise CarbonshedError(
            f"{where}: {name} has an infinite number; expected finite numbers"
        )
    return values, notes


def _losses(
    reading: Reading,
    files: dict[str, Member],
    table: MatrixTable,
    satellite: Satellite,
) -> list[Decision]:
    """Return the losses with the regions that the parser dropped as empty."""
    where = reading.where
    readme = next(reading.source.glob("GLORIA_ReadMe_0*.xlsx"))
    side = 2 * len(_sheet(readme, "Sectors", where))
    width = len(_sheet(readme, "Value added and final demand", where))
    regions = [str(region) for region in _sheet(readme, "Regions", where)[_ACRONYMS]]
    kept = {row["region_id"] for row in table.regions}
    dropped = [k for k, region in enumerate(regions) if region not in kept]
    if not dropped:
        return []
    rows = [r * side + i for r in dropped for i in range(side)]
    users = [r * width + c for r in dropped for c in range(width)]

    def cells(table: str, **axes: list[int]) -> np.ndarray:
        container, name = files[table]
        return read_cells(open_member(container, name), f"{where}/{name}", **axes)

    emissions, direct = cells("TQ", columns=rows), cells("YQ", columns=users)
    deliveries, own_demand = cells("Y", rows=rows), cells("Y", columns=users)
    demand = float(table.final_demand.sum())
    losses = {
        "output": (float(deliveries.sum()), float(table.transactions.sum()) + demand),
        "demand": (float(own_demand.sum()), demand),
    }

    def lost_of(part: Part) -> float:
        return float(emissions[part.row].sum() + direct[part.row].sum())

    names = ", ".join(regions[k] for k in dropped)
    what = f"regions {names} without transactions"
    return [check_losses(reading, what, table, [satellite], lost_of, losses)]
