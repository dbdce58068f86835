"""A build is beside the warehouse until it is whole."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from carbonshed.warehouse.build_file import WORKSHOP, BuildFile


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse" / "tiny.duckdb"
    path.parent.mkdir()
    path.write_text("earlier")
    return path


def test_a_finished_build_takes_the_warehouses_place(warehouse: Path) -> None:
    build = BuildFile(warehouse)
    build.path.write_text("new")
    assert warehouse.read_text() == "earlier"
    build.publish()
    assert warehouse.read_text() == "new"
    assert not build.folder.exists()


def test_a_reader_keeps_the_file_it_opened(warehouse: Path) -> None:
    build = BuildFile(warehouse)
    build.path.write_text("new")
    with warehouse.open() as reader:
        build.publish()
        assert reader.read() == "earlier"


def test_a_log_of_the_earlier_file_does_not_meet_the_new_one(warehouse: Path) -> None:
    log = warehouse.with_name("tiny.duckdb.wal")
    log.write_text("unfinished business")
    build = BuildFile(warehouse)
    build.path.write_text("new")
    build.publish()
    assert not log.exists()


def test_a_run_of_some_models_begins_with_the_warehouse(warehouse: Path) -> None:
    warehouse.with_name("tiny.duckdb.wal").write_text("log")
    build = BuildFile(warehouse)
    build.start_from_warehouse()
    assert build.path.read_text() == "earlier"
    assert build.path.with_name("tiny.duckdb.wal").read_text() == "log"


def test_where_blocks_cannot_be_shared_they_are_copied(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> int:
        raise OSError(errno.EXDEV, "not on this file system")

    monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    build = BuildFile(warehouse)
    build.start_from_warehouse()
    assert build.path.read_text() == "earlier"


def test_a_failed_build_is_kept_for_a_retry_until_one_passes(warehouse: Path) -> None:
    first = BuildFile(warehouse)
    first.path.write_text("half")
    kept = first.keep_failed()
    assert kept.read_text() == "half"
    assert warehouse.read_text() == "earlier"

    second = BuildFile(warehouse)
    second.start_from_failed()
    assert second.path.read_text() == "half"
    second.publish()
    assert warehouse.read_text() == "half"
    assert not kept.exists()


def test_what_a_killed_run_left_is_swept_and_a_running_one_is_not(
    warehouse: Path,
) -> None:
    script = (
        "import os, sys; from pathlib import Path;"
        "from carbonshed.warehouse.build_file import BuildFile;"
        "build = BuildFile(Path(sys.argv[1])); build.path.write_text('half');"
        "print(build.folder, flush=True); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, str(warehouse)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    left = Path(killed.stdout.strip())
    assert killed.returncode == -9
    assert left.exists()

    running = BuildFile(warehouse)
    assert not left.exists()
    BuildFile(warehouse)
    assert running.folder.exists()
    assert warehouse.read_text() == "earlier"
    assert running.folder.parent.name == WORKSHOP
