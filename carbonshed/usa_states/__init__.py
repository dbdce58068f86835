"""The United States in 2016, by state: the shipped dataset of real places.

Its figures are works of the United States government, in the public domain;
`data/SOURCE.txt` names each. They pass through the reader of workbooks and the
compiler as a user's would: the nation becomes ``usa_2016``, its 50 states and the
District of Columbia ``usa_states``, with the variants of a compiled table.
"""

from pathlib import Path

from carbonshed.dataset import Dataset
from carbonshed.dataset.store import is_stored
from carbonshed.names import NATION_NAME, STATES_NAME
from carbonshed.progress import Progress, no_progress

DATA = Path(__file__).parent / "data"


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

    if name == NATION_NAME or not is_stored(NATION_NAME):
        nation = _ingest_nation(receive)
        if name == NATION_NAME:
            return nation
    variant = name.removeprefix(STATES_NAME).removeprefix("-")
    return compile_dataset(
        DATA / "states",
        NATION_NAME,
        name,
        factors=COMPILE_VARIANTS.get(variant, {}),
        progress=receive,
    )


def _ingest_nation(progress: Progress) -> Dataset:
    from carbonshed.readers import ingest
    from carbonshed.readers.options import IngestOptions

    options = IngestOptions(
        NATION_NAME, map=DATA / "map.yml", emissions=DATA / "co2.csv"
    )
    return ingest("csv-matrix", DATA / "table", options, progress)
