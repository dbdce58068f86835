"""What must be true of a dataset before a build begins."""

import sys

from carbonshed.audit import ensure_audited
from carbonshed.dataset.names import validate_name
from carbonshed.dataset.store import recover_interrupted
from carbonshed.errors import CarbonshedError
from carbonshed.project import data_dir

DEFAULT_DATASET = "synthetic"


def preflight(name: str) -> None:
    """Create the default dataset if it is missing, and refuse a failed audit.

    Raises
    ------
    CarbonshedError
        The name is not allowed, the dataset is not there, or its audit has a FAIL;
        in the audit's words.
    """
    validate_name(name)
    recover_interrupted(name)
    if name == DEFAULT_DATASET and not (data_dir() / name).exists():
        from carbonshed.synthetic import synthesize

        _say("making the default dataset: an invented economy")
        synthesize(name)
    report = ensure_audited(name, progress=lambda step: _say(f"audit: {step}"))
    if report.failed:
        msg = (
            f"the audit of dataset {name} failed, nothing was built:\n"
            f"{report.failures()}"
        )
        raise CarbonshedError(msg)


def _say(message: str) -> None:
    print(f"  {message}", file=sys.stderr, flush=True)
