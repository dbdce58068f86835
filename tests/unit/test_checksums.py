"""Stored files are read again and compared with what was written."""

import shutil
import subprocess
from pathlib import Path

import pytest
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import write_warehouse
from typer.testing import CliRunner

from carbonshed.audit import ensure_audited
from carbonshed.cli import _commands
from carbonshed.dataset.contract import STORED_TABLES
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import published_editions
from carbonshed.publish.publication import publish
from carbonshed.readers.tidy.reader import ingest_tidy


def check(what: str) -> str:
    """Return what the command says; raise what it refuses."""
    answer = CliRunner().invoke(_commands, ["check", what, "tiny"])
    if isinstance(answer.exception, CarbonshedError):
        raise answer.exception
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.fixture
def dataset(project: Path) -> Path:
    path = ingest_tidy(TinyFolder(project / "tidy").write(), "tiny").path
    ensure_audited("tiny")
    (path / "scenarios.csv").write_text("of a user")
    return path


@pytest.fixture
def edition(project: Path) -> Path:
    warehouse = write_warehouse(project / "warehouse" / "tiny.duckdb")
    publish("tiny", lambda _: None)
    return published_editions(warehouse)[0]


def test_every_file_of_a_dataset_is_compared(dataset: Path) -> None:
    first, second = check("dataset").splitlines()
    # with the descriptor, and without the table of the audit
    assert first.startswith(f"data/tiny: {len(STORED_TABLES)} files, ")
    assert second.startswith("data/tiny: 2 files, "), "of the audit"
    unlisted = {"SHA256SUMS", "audit.sha256", "audit.json", "scenarios.csv"}
    for path in sorted(dataset.iterdir()):
        if path.name in unlisted:
            continue
        kept = path.read_bytes()
        if path.name != "datapackage.json":  # without it nothing is opened
            flip(path)
            with pytest.raises(CarbonshedError) as refusal:
                check("dataset")
            assert f"{path}: is not what was written" in str(refusal.value)
            assert str(refusal.value).count("is not what was") == 1
            path.write_bytes(kept)
    assert check("dataset")
    words = (dataset / "datapackage.json").read_text()
    (dataset / "datapackage.json").write_text(words.replace("by hand", "by hands"))
    with pytest.raises(CarbonshedError, match=r"datapackage\.json: is not what was"):
        check("dataset")


def test_every_file_of_a_publication_is_compared(edition: Path) -> None:
    assert "files, " in check("publication")
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


def test_the_list_is_one_that_other_programs_read(dataset: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("there is no sha256sum")
    for name in ("SHA256SUMS", "audit.sha256"):
        done = subprocess.run(
            ["sha256sum", "--check", "--strict", name], cwd=dataset, check=False
        )
        assert done.returncode == 0


def test_what_is_not_there_is_named(project: Path) -> None:
    with pytest.raises(CarbonshedError, match="no dataset 'tiny'"):
        check("dataset")
    with pytest.raises(CarbonshedError, match="nothing is published of 'tiny'"):
        check("publication")
