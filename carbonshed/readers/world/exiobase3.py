"""EXIOBASE 3: 49 regions, products or industries, extensions inside."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.core import by_producer
from carbonshed.readers.world.formats import EXIOBASE3
from carbonshed.readers.world.from_pymrio import refuse_pickles, regions_of_system
from carbonshed.readers.world.reading import start_reading
from carbonshed.readers.world.world_table import finish, table_of_system

# release -> its known fault
_FAULTS = dict.fromkeys(
    ("3.8.1", "3.8.2"),
    "final demand for electricity, gas and water is known to be wrong",
) | dict.fromkeys(
    ("3.9.4", "3.9.5", "3.9.6"),
    "users of the table advise against this release (mining)",
)
_RELEASE = re.compile(r"\b3\.\d{1,2}(?:\.\d{1,2})?\b")

regions_of = regions_of_system


def read_exiobase3(source: Path, options: IngestOptions, progress: Any) -> MatrixTable:
    """Read a year of EXIOBASE 3."""
    reading = start_reading(EXIOBASE3, source, options, progress)
    where = reading.where
    refuse_pickles(source, where)
    system, _ = reading.parse(reading.pymrio.parse_exiobase3, source)
    try:
        table, core, _ = table_of_system(system, reading)
    except CarbonshedError as refusal:
        has_impacts = "impacts" in system.get_extensions(instance_names=True)
        if has_impacts or "no stressor '" not in str(refusal):
            raise
        raise CarbonshedError(
            f"{refusal}\n(the extension `impacts` is gone since release 3.9: its "
            "indicators are sums of stressors)"
        ) from None
    table.decisions += _releases(system, source)
    if system.x is not None:
        output = by_producer(system.x.iloc[:, 0], core.producers, f"{where}: x")
        table.output = None if np.isnan(output).any() else output
    return finish(table, reading)


def _releases(system: Any, source: Path) -> list[Decision]:
    """Return the releases that the files name, each with its known fault."""
    metadata = [
        str(getattr(system.meta, field, ""))
        for field in ("version", "description", "name")
    ]
    releases = sorted(set(_RELEASE.findall(" ".join([source.name, *metadata]))))
    if not releases:
        return [Decision("release", "the files do not name the release of EXIOBASE")]
    return [
        Decision(
            "release",
            f"WARNING: release {release}: {_FAULTS[release]}"
            if release in _FAULTS
            else f"release {release}",
        )
        for release in releases
    ]
