"""Ingest, audit, solve store and publication on disks that fail, and that lose power.

After a fault at any write, sync or rename, and after a power cut at any step, readers
find what was there before or what is new, whole, and the next run goes through.
"""

import errno
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support.disks import FailingDisk, ForgetfulDisk, put_back
from support.tiny_warehouse import write_warehouse
from support.ways import FIRST, SECOND, STORE, WAYS, ingest, names

from carbonshed import checksums, files
from carbonshed.audit import ensure_audited
from carbonshed.audit.run import CHECKSUMS, stored_report
from carbonshed.dataset.contract import SALES_FILE
from carbonshed.dataset.store import open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.publish.publishing import publish

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
    name: str, error: int, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        way.run(FIRST)
        assert way.found() == FIRST
        assert way.rest() == set()
    assert faults > 2
    assert way.found() == SECOND


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("name", WAYS)
def test_a_power_cut_at_any_step_leaves_nothing_half(
    name: str, is_first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        assert seen in {before, FIRST, SECOND} if name == "solve" else {before, SECOND}
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


def is_audited() -> bool:
    """Return whether an audit counts; it then is whole, with its tables."""
    dataset = open_dataset("tiny")
    report = stored_report(dataset)
    if report is None:
        return False
    assert checksums.compare(dataset.path / CHECKSUMS)[1] == []
    assert pq.read_table(dataset.table("audit_checks")).num_rows == len(report.checks)
    assert pq.read_table(dataset.path / SALES_FILE).num_rows
    return True


def audit_goes_through() -> None:
    ensure_audited("tiny")
    assert is_audited()
    assert not {name for name in names("data/tiny") if "partial" in name}


@pytest.mark.parametrize("error", [FULL, BROKEN])
def test_a_fault_at_any_write_of_an_audit_leaves_none(
    error: int, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(FIRST)
    shutil.copytree("data/tiny", "ingested")
    found = []
    for number in range(0 if error == FULL else 2, 100, STRIDE):
        shutil.rmtree("data/tiny")
        shutil.copytree("ingested", "data/tiny")
        disk = FailingDisk(number, error)
        monkeypatch.setattr(files, "disk", disk)
        try:
            ensure_audited("tiny")
        except CarbonshedError as refusal:
            says_why(refusal, error)
        monkeypatch.setattr(files, "disk", files.Disk())
        if not disk.has_failed:
            break
        found.append(is_audited())
        audit_goes_through()
    assert found.count(False) > 2
    assert is_audited()


def test_a_power_cut_at_any_step_of_an_audit_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "dbt_project.yml").touch()
    monkeypatch.chdir(root)
    ingest(FIRST)
    disk = ForgetfulDisk(root, tmp_path / "states")
    monkeypatch.setattr(files, "disk", disk)
    ensure_audited("tiny")
    disk.remember("all done")
    monkeypatch.setattr(files, "disk", files.Disk())
    disk.close()

    found = set()
    for number, step in enumerate(disk.steps):
        put_back(tmp_path / "states" / step, root)
        os.chdir(root)
        found.add(is_audited())
        if number % STRIDE == 0:
            audit_goes_through()
    assert found == {False, True}
    for last in disk.last.values():
        put_back(tmp_path / "states" / last, root)
        os.chdir(root)
        assert is_audited(), last
