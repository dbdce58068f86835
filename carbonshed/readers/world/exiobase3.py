"""EXIOBASE 3: 49 regions, products or industries, extensions inside."""

import re
from pathlib import Path
from typing import Any

from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.assemble import (
    Source,
    assemble,
    core_of_system,
    finish,
    money_unit,
    satellites_of,
)
from carbonshed.readers.world.files import refuse_pickles
from carbonshed.readers.world.parse import need_pymrio, need_source, parsed
from carbonshed.readers.world.system import texts

FORM = "exiobase3"

# release -> what is known to be wrong with it
_TRAPS = {
    "3.8.1": "final demand for electricity, gas and water is known to be wrong",
    "3.8.2": "final demand for electricity, gas and water is known to be wrong",
    "3.9.4": "users of the table advise against this release (mining)",
    "3.9.5": "users of the table advise against this release (mining)",
    "3.9.6": "users of the table advise against this release (mining)",
}
_VERSION = re.compile(r"\b3\.\d{1,2}(?:\.\d{1,2})?\b")


def read_exiobase3(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of EXIOBASE 3.

    Parameters
    ----------
    source
        The zip file as downloaded, or the folder with ``file_parameters.json``.
    options
        `year` is needed, and the file name may not name another one.
    progress
        Told what is being done.

    Raises
    ------
    CarbonshedError
        If a label, a unit, a stressor or a total does not fit.
    """
    where = f"{FORM}: {source.name}"
    need_source(source, "the zip file of a year, or the folder it was unpacked to")
    pymrio = need_pymrio(FORM)
    year = checked_year(source, options.year, where)
    refuse_pickles(source, where)
    progress(f"{where}: reading", 0.1)
    system, _ = parsed(pymrio.parse_exiobase3, source, where=where)
    progress(f"{where}: checking", 0.6)
    origin = Source(
        FORM,
        f"EXIOBASE 3, {year}",
        "As stated by EXIOBASE (CC BY-SA 4.0 since 3.8)",
        "EXIOBASE 3, Stadler et al. 2018, doi:10.1111/jiec.12715",
        where,
    )
    core = core_of_system(system, where)
    if system.unit is None:
        raise CarbonshedError(f"{where}: has no unit.txt; expected the unit of money")
    money = money_unit(system.unit.iloc[:, 0], where, options.unit)
    satellites = satellites_of(system, where)
    try:
        table = assemble(core, satellites, money, year, options, origin)
    except CarbonshedError as refusal:
        has_impacts = any(satellite.name == "impacts" for satellite in satellites)
        if has_impacts or "no stressor '" not in str(refusal):
            raise
        raise CarbonshedError(
            f"{refusal}\n(the extension `impacts` is gone since release 3.9: its "
            "indicators are sums of stressors)"
        ) from None
    table.decisions += _warnings(system, source)
    table.output = _output(system, core)
    return finish(table, options, origin)


def checked_year(source: Path, year: int | None, where: str) -> int:
    """Return the year, refusing one that the file name contradicts."""
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", source.name)
    if year is None:
        if len(found) == 1:
            return int(found[0])
        raise CarbonshedError(f"{where}: the file name tells no year; give --year")
    if found and str(year) not in found:
        raise CarbonshedError(
            f"{where}: --year {year}, but the file name says {found[0]}"
        )
    return year


def _output(system: Any, core: Any) -> Any:
    """Return x as published, None if there is none."""
    if system.x is None:
        return None
    labels = [texts(system.x.index.get_level_values(level), "x") for level in range(2)]
    found = dict(zip(zip(*labels, strict=True), system.x.iloc[:, 0], strict=True))
    import numpy as np

    output = np.array([found.get(pair, np.nan) for pair in core.producers], dtype=float)
    return None if np.isnan(output).any() else output


def _warnings(system: Any, source: Path) -> list[str]:
    meta = system.meta
    told = " ".join(
        str(part)
        for part in (
            source.name,
            getattr(meta, "version", ""),
            getattr(meta, "description", ""),
            getattr(meta, "name", ""),
        )
    )
    versions = sorted(set(_VERSION.findall(told)))
    if not versions:
        return ["the release of EXIOBASE is not said in the files"]
    found = [f"release {version}" for version in versions]
    found += [
        f"WARNING: release {version}: {_TRAPS[version]}"
        for version in versions
        if version in _TRAPS
    ]
    return found
