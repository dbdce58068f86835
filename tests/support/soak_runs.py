"""Short slices of ``make soak``, always the same."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def run_soak(*options: str) -> str:
    """Return what ``python -m soak`` prints, which must have met no fault."""
    # a process of its own, without threads, because it makes others by forking
    run = subprocess.run(
        [sys.executable, "-m", "soak", *options],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), *sys.path))},
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr
    return run.stdout
