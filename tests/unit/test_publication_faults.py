"""Readers see whole publications only, whatever happens to those who build them."""

import os
import subprocess
import sys
from pathlib import Path

from support import publication_rounds

# more of them: CARBONSHED_TEST_ROUNDS=200
ROUNDS = int(os.environ.get("CARBONSHED_TEST_ROUNDS", "50"))


def test_rounds_of_builds_that_pass_fail_and_are_killed(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse" / "tiny.duckdb"
    # a process of its own, without threads, because it makes others by forking
    played = subprocess.run(
        [sys.executable, publication_rounds.__file__, str(warehouse), str(ROUNDS)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert played.returncode == 0, played.stderr
    killed, *read = map(int, played.stdout.split())
    assert killed > 0
    for reads, publications in zip(read[::2], read[1::2], strict=True):
        assert reads >= publications > 1

    editions = warehouse.parent / "published" / ".tiny"
    left = [path for path in editions.iterdir() if not path.is_symlink()]
    assert len(left) == 3, "this edition, the one before, and what was that before"
    assert {path.name for path in warehouse.parent.iterdir()} <= {
        *("tiny.duckdb", "tiny.duckdb.wal", "published", "stop", "read0")
    }
