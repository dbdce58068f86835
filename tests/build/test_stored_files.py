"""A short slice of ``make soak``: stored files that are spoiled, hostile questions."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def test_what_is_stored_is_read_as_it_was_or_refused(required_only, project):
    words = ("--stored", "20", "--questions", "20", "--dataset", required_only.name)
    # a process of its own, without threads, because it makes others by forking
    done = subprocess.run(
        [sys.executable, "-m", "soak", *words, "--project", str(project.root)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), *sys.path))},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "stored: " in done.stdout
    assert "'refused': " in done.stdout
    assert "'answered': " in done.stdout
