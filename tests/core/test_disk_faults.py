"""Ingest, audit, solve store and publication on disks that fail, and that lose power.

After a fault at any write, sync or rename, and after a power cut at any step, readers
find what was there before or what is new, whole, and the next run goes through.
"""

import errno
import os

import pytest
from support.disks import FailingDisk, ForgetfulDisk, put_back
from support.tiny_warehouse import write_warehouse
from support.ways import FIRST, SECOND, STORE, WAYS

from carbonshed import files
from carbonshed.errors import CarbonshedError
from carbonshed.publish.publishing import publish

pytestmark = pytest.mark.slow

# every fault in turn: CARBONSHED_TEST_FAULTS=1; else every fifth
STRIDE = int(os.environ.get("CARBONSHED_TEST_FAULTS", "5"))
FULL, BROKEN = errno.ENOSPC, errno.EIO


def says_why(refusal: CarbonshedError, error: int) -> None:
    said = str(refusal)
    assert os.strerror(error) in said or "no space left" in said, said
    assert "Traceback" not in said


@pytest.mark.parametrize("error", [FULL, BROKEN])
@pytest.mark.parametrize("name", WAYS)
def test_a_fault_at_any_write_leaves_nothing_half(
    name, error, empty_project, monkeypatch
):
    way = WAYS[name]
    way.run(FIRST)
    faults = 0
    for number in range(0 if error == FULL else 2, 1000, STRIDE):
        disk = FailingDisk(number, error)
        monkeypatch.setattr(files, "disk", disk)
        try:
            way.run(SECOND)
        except CarbonshedError as refusal:
            says_why(refusal, error)
        monkeypatch.setattr(files, "disk", files.Disk())
        if not disk.has_failed:
            break
        faults += 1
        assert way.found() in (FIRST, SECOND)
        for version in way.recovery:
            way.run(version)
            assert way.found() == version
            assert way.rest() == set()
    assert faults > 2
    assert way.found() == SECOND


# an audit is of a dataset that is there
@pytest.mark.parametrize(
    ("name", "is_first"),
    [(name, first) for name in WAYS for first in (True, False) if name != "audit"]
    + [("audit", False)],
)
def test_a_power_cut_at_any_step_leaves_nothing_half(
    name, is_first, tmp_path, monkeypatch
):
    way = WAYS[name]
    root = tmp_path / "project"
    root.mkdir()
    (root / "dbt_project.yml").touch()
    if name == "solve":  # dbt makes it long before
        (root / STORE.parent).mkdir(parents=True)
    monkeypatch.chdir(root)
    if not is_first:
        way.run(FIRST)
    if name == "publish":  # dbt's part, which DuckDB syncs
        write_warehouse(root / "warehouse" / "tiny.duckdb", SECOND, rows=30)
    disk = ForgetfulDisk(root, tmp_path / "states")
    monkeypatch.setattr(files, "disk", disk)
    if name == "publish":
        publish("tiny", lambda _: None)
    else:
        way.run(SECOND)
    disk.remember("all done")
    monkeypatch.setattr(files, "disk", files.Disk())
    disk.close()
    assert way.found() == SECOND

    before = None if is_first else FIRST
    found = set()
    for number, step in enumerate(disk.steps):
        put_back(tmp_path / "states" / step, root)
        os.chdir(root)  # it is another folder
        seen = way.found()
        assert seen in (
            {before, FIRST, SECOND} if name == "solve" else {before, SECOND}
        )
        found.add(seen)
        if number % STRIDE == 0 or step == disk.steps[-1]:
            way.run(SECOND)
            assert way.found() == SECOND, step
            assert way.rest() == set(), step
    assert {before, SECOND} <= found
    # what was finished is not lost, on either kind of disk
    for last in disk.last.values():
        put_back(tmp_path / "states" / last, root)
        os.chdir(root)
        assert way.found() == SECOND, last
