"""GLORIA: 164 regions, 120 sectors, published as supply and use tables."""

import glob
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.assemble import Source, assemble, finish, money_unit
from carbonshed.readers.world.parse import (
    check_zip,
    contents,
    need_pymrio,
    need_source,
    parsed,
)
from carbonshed.readers.world.satellites import Part, Satellite, choose, row_labels
from carbonshed.readers.world.system import Core, core_of, numbers, without_nan
from carbonshed.readers.world.totals import check_losses, lost_emissions

if TYPE_CHECKING:
    import pandas as pd

FORM = "gloria"

Member = tuple[Path, str]  # a folder or archive, and a file in it

_UNIT = "000 US$"
_NAME = (
    "_120secMother_AllCountries_002_{part}-Results_{year}_0{version}"
    "_Markup001(full).csv"
)


def read_gloria(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of GLORIA in basic prices, as products by products.

    Parameters
    ----------
    source
        The folder with ``GLORIA_MRIOs_VV_YYYY``, ``GLORIA_SatelliteAccounts_0VV_YYYY``
        (zip files or folders) and ``GLORIA_ReadMe_0VV.xlsx``.
    options
        `year` is needed.
    progress
        Called with what is being done and the share of it.
    """
    where = f"{FORM}: {source.name}"
    need_source(source, "the folder with the archives and the ReadMe of GLORIA")
    if not source.is_dir():
        raise CarbonshedError(f"{where}: is a file; expected the folder that holds it")
    pymrio = need_pymrio(FORM)
    year = options.year or 0
    release = release_of(source, where)
    files = _files(source, year, release, where)
    progress(f"{where}: reading", 0.1)
    (sut, _), _warned = parsed(
        pymrio.tools.ioparser.parse_gloria_sut,
        Path(glob.escape(str(source.resolve()))),
        year,
        _version(release),
        where=where,
    )
    progress(f"{where}: checking", 0.7)
    origin = Source(
        FORM,
        f"GLORIA {release}, {year}",
        "As stated by the Industrial Ecology Virtual Laboratory",
        "GLORIA, Lenzen et al. 2022, doi:10.1038/s41893-022-00979-y",
        where,
    )
    core, shares, notes = _core(sut, where)
    satellites = [
        _satellite(sut, shares, where),
        _value_added(sut["VA"], shares, where),
    ]
    money = money_unit([_UNIT], where, options.unit)
    table = assemble(core, satellites, money, year, options, origin)
    table.decisions += notes
    table.decisions += _losses(source, files, table, satellites[0], options, where)
    return finish(table, options, origin)


def release_of(folder: Path, where: str) -> str:
    """Return the release, from the name of the ReadMe: 59a."""
    found = sorted(folder.glob("GLORIA_ReadMe_0*.xlsx"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or contents(folder)
        raise CarbonshedError(
            f"{where}: {len(found)} files GLORIA_ReadMe_0VV.xlsx; expected one, which "
            f"tells the release (found {names}); releases 59 and 59a name their tables "
            "alike, so keep one release in a folder"
        )
    return re.sub(r"^GLORIA_ReadMe_0|\.xlsx$", "", found[0].name)


def _version(release: str) -> int | str:
    return int(release) if release.isdigit() else release


def _files(folder: Path, year: int, release: str, where: str) -> dict[str, Member]:
    """Return the two places that tables lie in, checked for every table."""
    number = re.sub(r"\D", "", release)
    wanted = {
        f"GLORIA_MRIOs_{number}_{year}": ("T", "Y", "V"),
        f"GLORIA_SatelliteAccounts_0{number}_{year}": ("TQ", "YQ"),
    }
    places = {}
    for start, parts in wanted.items():
        found = sorted(path for path in folder.iterdir() if path.name.startswith(start))
        if len(found) != 1:
            raise CarbonshedError(
                f"{where}: {len(found)} files or folders {start}*; expected one (the "
                f"folder has {contents(folder)})"
            )
        place = found[0]
        names = (
            sorted(path.name for path in place.iterdir())
            if place.is_dir()
            else check_zip(place, where)
        )
        for part in parts:
            ending = _NAME.format(part=part, year=year, version=number)
            hits = [name for name in names if name.endswith(ending)]
            if len(hits) != 1:
                raise CarbonshedError(
                    f"{where}: {place.name} has {len(hits)} files *{ending}; it has "
                    f"{', '.join(names[:12]) or 'nothing'}"
                )
            places[part] = (place, hits[0])
    return places


def _core(
    sut: dict[str, Any], where: str
) -> tuple[Core, "pd.DataFrame", list[Decision]]:
    """Return products by products under the industry technology assumption.

    What an industry uses and emits goes to products in the shares of its supply:
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
                "products "
                "have other names than industries; cannot say where they belong"
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
            f"{where}: {name} holds an infinite number; expected finite numbers"
        )
    return values, notes


def _losses(
    folder: Path,
    files: dict[str, Member],
    table: MatrixTable,
    satellite: Satellite,
    options: IngestOptions,
    where: str,
) -> list[Decision]:
    """Return what went with the regions that the parser dropped as empty."""
    import pandas as pd

    readme = next(folder.glob("GLORIA_ReadMe_0*.xlsx"))
    regions, _ = parsed(pd.read_excel, readme, sheet_name="Regions", where=where)
    sectors, _ = parsed(pd.read_excel, readme, sheet_name="Sectors", where=where)
    values, _ = parsed(
        pd.read_excel, readme, sheet_name="Value added and final demand", where=where
    )
    known = [str(region) for region in regions["Region_acronyms"]]
    kept = {row["region_id"] for row in table.regions}
    dropped = [k for k, region in enumerate(known) if region not in kept]
    if not dropped:
        return []
    side, width = 2 * len(sectors), len(values)
    rows = [r * side + i for r in dropped for i in range(side)]
    users = [r * width + c for r in dropped for c in range(width)]
    deliveries = _cells(files["Y"], where, rows=rows)
    own_demand = _cells(files["Y"], where, columns=users)
    own = _cells(files["TQ"], where, columns=rows)
    direct = _cells(files["YQ"], where, columns=users)
    demand = float(table.final_demand.sum())
    losses = {
        "output": (float(deliveries.sum()), float(table.transactions.sum()) + demand),
        "demand": (float(own_demand.sum()), demand),
    }

    def lost_of(part: Part) -> float:
        return float(own[part.row].sum() + direct[part.row].sum())

    stressors = choose([satellite], options.stressors, where)
    losses |= lost_emissions(table, stressors, lost_of)
    names = ", ".join(known[k] for k in dropped)
    what = f"regions {names} without transactions"
    return [check_losses(what, losses, where, options.accept)]


def _cells(
    member: Member,
    where: str,
    rows: list[int] | None = None,
    columns: list[int] | None = None,
) -> np.ndarray:
    """Return some rows or columns of a table that may lie in an archive."""
    import pandas as pd

    chosen: dict[str, Any] = {}
    if rows is not None:
        wanted = set(rows)
        chosen["skiprows"] = lambda k: k not in wanted
    if columns is not None:
        chosen["usecols"] = columns
    place, name = member
    opened = (place / name).open("rb") if place.is_dir() else _unzipped(place, name)
    with opened as file:
        frame, _ = parsed(pd.read_csv, file, header=None, where=where, **chosen)
    return np.nan_to_num(numbers(frame, f"{where}/{name}"))


def _unzipped(place: Path, name: str) -> Any:
    return zipfile.ZipFile(place).open(name)
