"""The regions of a world table, read without the rest of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_read_error
from carbonshed.readers.world import eora26, exiobase3, gloria, oecd_icio, wiod
from carbonshed.readers.world.files import refuse_pickles
from carbonshed.readers.world.labels import region_rows
from carbonshed.readers.world.parse import need_pymrio, need_source, parsed
from carbonshed.readers.world.system import texts

Labels = list[tuple[str, str]]


def labels_of_table(form: str, source: Path, year: int | None) -> Labels:
    """Return id and name of each region of a table.

    Parameters
    ----------
    form
        One of the formats of world tables.
    source, year
        As for ``carbonshed ingest``.

    Raises
    ------
    CarbonshedError
        If the format has no list of regions, or a file is missing or broken.
    """
    readers: dict[str, Callable[[Path, int | None, str], list[str]]] = {
        "from-pymrio": _of_system,
        exiobase3.FORM: _of_system,
        wiod.FORM: _of_wiod,
        oecd_icio.FORM: _of_icio,
        eora26.FORM: _of_eora,
        gloria.FORM: _of_gloria,
    }
    if form not in readers:
        raise CarbonshedError(
            f"--table {form}: expected one of {', '.join(readers)}; for other tables "
            "give --regions FILE"
        )
    if not source.name:  # the current folder
        source = source.resolve()
    where = f"{form}: {source.name}"
    need_source(source, "the source as for `carbonshed ingest`")
    need_pymrio(form)
    with explain_read_error(source):
        ids = list(dict.fromkeys(readers[form](source, year, where)))
    rows = region_rows(form, ids, None, where)
    return [(row["region_id"], row["region_name"]) for row in rows]


def _of_system(source: Path, _: int | None, where: str) -> list[str]:
    import pymrio

    refuse_pickles(source, where)
    system, _warned = parsed(pymrio.load_all, source, subset=["Y"], where=where)
    if getattr(system, "Y", None) is None:
        raise CarbonshedError(f"{where}: has no Y; expected a whole system")
    return texts(system.Y.index.get_level_values(0), where)


def _of_wiod(source: Path, year: int | None, where: str) -> list[str]:
    if year is None or not source.is_dir():
        raise CarbonshedError(f"{where}: expected the folder of tables, and a --year")
    rows = wiod.first_rows(wiod.workbook_of(source, year, where), 5, where)
    found = [str(cell) for cell in rows[-1][4:] if cell]
    return [region.replace("ROM", "ROU") for region in found if region != "TOT"]


def _of_icio(source: Path, year: int | None, where: str) -> list[str]:
    import pandas as pd

    file = oecd_icio.file_of(source, year)
    frame, _ = parsed(pd.read_csv, file, usecols=[0], where=where)
    labels = texts(frame.iloc[:, 0], where)
    return sorted(oecd_icio.region_of(label) for label in labels if "_" in label)


def _of_eora(source: Path, year: int | None, where: str) -> list[str]:
    return eora26.regions_of(source, year, where)


def _of_gloria(source: Path, _: int | None, where: str) -> list[str]:
    import pandas as pd

    release = gloria.release_of(source, where)
    readme = source / f"GLORIA_ReadMe_0{release}.xlsx"
    frame: Any
    frame, _ = parsed(pd.read_excel, readme, sheet_name="Regions", where=where)
    if "Region_acronyms" not in frame:
        raise CarbonshedError(f"{where}: {readme.name} has no column Region_acronyms")
    return texts(frame["Region_acronyms"], where)
