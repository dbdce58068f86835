"""What must be true of a dataset before a build begins."""

from carbonshed.audit import ensure_audited
from carbonshed.dataset.store import open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.project import data_dir

DEFAULT_DATASET = "synthetic"


def preflight(name: str) -> None:
    """Create the default dataset if it is missing, and refuse a failed audit.

    Raises
    ------
    CarbonshedError
        The dataset is not there, or its audit has a FAIL; in the audit's words.
    """
    if name == DEFAULT_DATASET and not (data_dir() / name).exists():
        from carbonshed.synthetic import synthesize

        synthesize(name)
    open_dataset(name)
    report = ensure_audited(name)
    if report.failed:
        msg = report.render()
        raise CarbonshedError(msg)
