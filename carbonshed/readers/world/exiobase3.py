"""EXIOBASE 3: 49 regions, products or industries, extensions inside."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.assemble import Source, finish, table_of_system
from carbonshed.readers.world.files import refuse_pickles
from carbonshed.readers.world.parse import (
    agreed_year,
    need_pymrio,
    need_source,
    parsed,
)
from carbonshed.readers.world.system import by_producer

FORM = "exiobase3"

# release -> its known fault
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
        Called with what is being done and the share of it.
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
    try:
        table, core, _ = table_of_system(system, year, options, origin)
    except CarbonshedError as refusal:
        has_impacts = "impacts" in system.get_extensions(instance_names=True)
        if has_impacts or "no stressor '" not in str(refusal):
            raise
        raise CarbonshedError(
            f"{refusal}\n(the extension `impacts` is gone since release 3.9: its "
            "indicators are sums of stressors)"
        ) from None
    table.decisions += _warnings(system, source)
    if system.x is not None:
        output = by_producer(system.x.iloc[:, 0], core.producers, f"{where}: x")
        table.output = None if np.isnan(output).any() else output
    return finish(table, options, origin)


def checked_year(source: Path, year: int | None, where: str) -> int:
    """Return the year, refusing one that the file name contradicts."""
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", source.name)
    return agreed_year(list(map(int, found)), year, where)


def _warnings(system: Any, source: Path) -> list[Decision]:
    meta = system.meta
    description = " ".join(
        str(part)
        for part in (
            source.name,
            getattr(meta, "version", ""),
            getattr(meta, "description", ""),
            getattr(meta, "name", ""),
        )
    )
    versions = sorted(set(_VERSION.findall(description)))
    if not versions:
        return [Decision("release", "the release of EXIOBASE is not said in the files")]
    return [
        Decision(
            "release",
            f"WARNING: release {version}: {_TRAPS[version]}"
            if version in _TRAPS
            else f"release {version}",
        )
        for version in versions
    ]
