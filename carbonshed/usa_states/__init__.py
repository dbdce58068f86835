"""The United States by state: the shipped datasets of real places.

Their figures are works of the United States government, in the public domain;
`data/SOURCE.txt` names each. They pass through the reader of tables and the compiler
as a user's would: the nation becomes ``usa_2016``, its 50 states and the District of
Columbia ``usa_states``, with the variants of a compiled table. With 2012 as well they
are ``usa_2012_2016`` and ``usa_states_years``.
"""

import csv
from pathlib import Path

from carbonshed.dataset import Dataset
from carbonshed.dataset.store import is_stored, open_dataset
from carbonshed.names import (
    NATION_NAME,
    NATION_YEARS_NAME,
    STATES_NAME,
    STATES_YEARS_NAME,
)
from carbonshed.progress import Progress, no_progress

DATA = Path(__file__).parent / "data"
# the year of a nation's dataset, of all that its map has
_YEAR = {NATION_NAME: 2016, NATION_YEARS_NAME: None}


def make_shipped(name: str, progress: Progress = no_progress) -> Dataset:
    """Make a shipped dataset, and the nation that its states add up to.

    Parameters
    ----------
    name
        One of `carbonshed.names.SHIPPED_NAMES`.
    progress
        A receiver of the step that is being done and of its share done.
    """
    from carbonshed.compile import compile_dataset
    from carbonshed.dataset.contract import COMPILE_VARIANTS

    def receive(step: str, share: float) -> None:
        progress(f"states of the USA: {step}", share)

    if name in _YEAR:
        return _ingest_nation(name, receive)
    has_years = name == STATES_YEARS_NAME
    nation = NATION_YEARS_NAME if has_years else NATION_NAME
    if not is_stored(nation) or _is_earlier(nation):
        _ingest_nation(nation, receive)
    variant = name.removeprefix(f"{STATES_NAME}-")
    return compile_dataset(
        DATA / ("years" if has_years else "states"),
        nation,
        name,
        factors=COMPILE_VARIANTS.get(variant, {}),
        progress=receive,
    )


def _is_earlier(nation: str) -> bool:
    """Return whether a stored nation lacks a gas that is shipped: of an earlier one."""
    stored = open_dataset(nation).read("stressors", ["stressor_id"])
    with (DATA / "emissions.csv").open(encoding="utf-8") as file:
        shipped = {row["stressor_id"] for row in csv.DictReader(file)}
    return not shipped <= set(stored["stressor_id"].to_pylist())


def _ingest_nation(name: str, progress: Progress) -> Dataset:
    from carbonshed.readers import ingest
    from carbonshed.readers.options import IngestOptions

    options = IngestOptions(
        name,
        year=_YEAR[name],
        map=DATA / "map.yml",
        emissions=DATA / "emissions.csv",
    )
    return ingest("csv-matrix", DATA / "table", options, progress)
