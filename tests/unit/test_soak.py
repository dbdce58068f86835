"""A short slice of ``make soak``: some spoiled inputs and kills, always the same."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def test_spoiled_inputs_and_kills_leave_nothing_half_or_wrong() -> None:
    # a process of its own, without threads, because it makes others by forking
    done = subprocess.run(
        [sys.executable, "-m", "soak", "--inputs", "25", "--kills", "12"],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), *sys.path))},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "'stored': " in done.stdout
    assert "'refused': " in done.stdout
    assert "killed': " in done.stdout
