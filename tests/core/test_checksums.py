"""Stored files are read again and compared with what was written."""

import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.commands import run_command
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import write_warehouse
from typer.testing import CliRunner

from carbonshed.audit import ensure_audited
from carbonshed.cli import _commands
from carbonshed.dataset.contract import STORED_TABLES
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import published_editions
from carbonshed.publish.publishing import publish
from carbonshed.readers.tidy import ingest_tidy


def check(what: str) -> str:
    """Return what the command says; raise what it refuses."""
    return run_command("check", what, "tiny")


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.fixture
def dataset(empty_project: Path) -> Path:
    path = ingest_tidy(TinyFolder(empty_project / "tidy").write(), "tiny").path
    ensure_audited("tiny")
    (path / "scenarios.csv").write_text("of a user")
    return path


@pytest.fixture
def edition(empty_project: Path) -> Path:
    warehouse = write_warehouse(empty_project / "warehouse" / "tiny.duckdb")
    publish("tiny", lambda _: None)
    return published_editions(warehouse)[0]


def test_every_file_of_a_dataset_is_compared(dataset):
    first, second = check("dataset").splitlines()
    # with the descriptor, and without the table of the audit
    assert first.startswith(f"data/tiny: {len(STORED_TABLES)} files, ")
    assert second.startswith("data/tiny: 3 files, "), "of the audit"
    unlisted = {"SHA256SUMS", "audit.sha256", "scenarios.csv"}
    for path in sorted(dataset.iterdir()):
        if path.name in unlisted:
            continue
        kept = path.read_bytes()
        if path.name != "datapackage.json":  # without it nothing is opened
            flip(path)
            refusal = refusal_of(check, "dataset")
            assert f"{path}: is not what was written" in refusal
            assert refusal.count("is not what was") == 1
            path.write_bytes(kept)
    assert check("dataset")
    words = (dataset / "datapackage.json").read_text()
    (dataset / "datapackage.json").write_text(words.replace("by hand", "by hands"))
    with pytest.raises(CarbonshedError, match=r"datapackage\.json: is not what was"):
        check("dataset")


def test_every_file_of_a_publication_is_compared(edition):
    assert "files, " in check("publication")
    write_warehouse(edition.parents[2] / "tiny.duckdb", 2)
    assert publish("tiny", lambda _: None)
    assert check("publication").count("files, ") == 2, "and the one before"
    for path in [edition / "tiny.duckdb", *(edition / "parquet").iterdir()]:
        kept = path.read_bytes()
        flip(path)
        with pytest.raises(CarbonshedError, match=r"is not what was .*\n.*dbt build"):
            check("publication")
        path.write_bytes(kept)
    (edition / "parquet" / "sums.parquet").unlink()
    with pytest.raises(CarbonshedError, match=r"sums\.parquet: is missing"):
        check("publication")
    (edition / "SHA256SUMS").write_text("no list")
    with pytest.raises(CarbonshedError, match="cannot be read"):
        check("publication")
    (edition / "SHA256SUMS").unlink()
    with pytest.raises(CarbonshedError, match="so nothing can be said"):
        check("publication")


def refused(what: str) -> str:
    """Return what the command refuses with."""
    return refusal_of(check, what)


@pytest.mark.parametrize("name", ["SHA256SUMS", "audit.sha256"])
def test_a_list_that_was_cut_is_not_believed(dataset, name):
    lines = (dataset / name).read_text().splitlines(keepends=True)
    for kept in range(len(lines)):
        (dataset / name).write_text("".join(lines[:kept]))
        lacking = [line.split()[1] for line in lines[kept:]]
        said = refused("dataset")
        assert f"{dataset / name}: does not list " in said
        assert lacking[0] in said
    # also where a file is gone with its line
    gone = lines.pop(1)
    (dataset / gone.split()[1]).unlink()
    (dataset / name).write_text("".join(lines))
    said = refused("dataset")
    assert (
        f"does not list {gone.split()[1]}" in said or "not a complete dataset" in said
    )


def test_an_audit_without_its_list_is_named(dataset):
    (dataset / "audit.sha256").unlink()
    assert "audit.sha256: is missing" in refused("dataset")
    # without its report it was not made, and a build makes it again
    (dataset / "audit.json").unlink()
    assert len(check("dataset").splitlines()) == 1


def test_a_broken_table_has_an_audit_without_sums(empty_project):
    folder = TinyFolder(empty_project / "tidy")
    path = ingest_tidy(folder.write(), "tiny").path
    rows = pq.read_table(path / "regions.parquet")
    pq.write_table(pa.concat_tables([rows, rows]), path / "regions.parquet")
    ensure_audited("tiny")
    assert not (path / "intermediate_sales.parquet").exists()
    assert "intermediate_sales" not in refused("dataset")


@pytest.mark.parametrize("what", ["dataset", "publication"])
def test_files_too_many_are_named(what, request):
    fixture = {"dataset": "dataset", "publication": "edition"}[what]
    folder = request.getfixturevalue(fixture)
    assert check(what)
    (folder / "other.parquet").write_text("who knows")
    assert f"{folder}: nothing is known of other.parquet" in refused(what)
    (folder / "other.parquet").unlink()
    with (folder / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  other.csv\n")
    assert "SHA256SUMS: lists what is no file of it: other.csv" in refused(what)


def test_the_list_of_a_publication_is_compared_with_its_marts(edition):
    path = edition / "SHA256SUMS"
    lines = path.read_text().splitlines(keepends=True)
    for lacking in lines:
        path.write_text("".join(line for line in lines if line != lacking))
        name = lacking.split()[1]
        assert f"{path}: does not list {name}" in refused("publication")
    (edition / "parquet" / "sums.parquet").unlink()
    path.write_text("".join(line for line in lines if "sums.parquet" not in line))
    assert f"{path}: does not list parquet/sums.parquet" in refused("publication")


def test_a_copy_under_another_name_is_named(dataset):
    shutil.copytree(dataset, dataset.with_name("other"))
    with pytest.raises(CarbonshedError, match="is the dataset 'tiny' under another"):
        CliRunner().invoke(
            _commands, ["check", "dataset", "other"], catch_exceptions=False
        )


def test_the_list_is_one_that_other_programs_read(dataset):
    if shutil.which("sha256sum") is None:
        pytest.skip("there is no sha256sum")
    for name in ("SHA256SUMS", "audit.sha256"):
        done = subprocess.run(
            ["sha256sum", "--check", "--strict", name], cwd=dataset, check=False
        )
        assert done.returncode == 0


def test_what_is_not_there_is_named(empty_project):
    with pytest.raises(CarbonshedError, match="no dataset 'tiny'"):
        check("dataset")
    with pytest.raises(CarbonshedError, match="there is no dataset 'tiny'"):
        check("publication")
