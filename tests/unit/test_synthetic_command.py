"""The command ``synthesize``, apart from the application that carries it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from carbonshed.cli.synthesize import build_command, synthesize
from carbonshed.dataset.store import open_dataset
from carbonshed.errors import CarbonshedError


def run(*arguments: str) -> object:
    app = typer.Typer()
    app.command()(synthesize)
    return CliRunner().invoke(app, arguments)


def test_it_makes_a_dataset_of_the_size_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    size = ("--cities", "3", "--sectors", "8", "--seed", "1", "--year", "2013")
    result = run("--name", "mini", *size)
    assert result.exit_code == 0
    assert "'mini': 3 regions x 8 sectors, 576 transactions" in result.output
    assert "dbt build --vars 'dataset: mini'" in result.output
    assert open_dataset("mini").rows["transactions"] == (3 * 8) ** 2


def test_a_size_that_cannot_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--cities", "1", "--name", "mini")
    assert isinstance(result.exception, CarbonshedError)
    assert not (tmp_path / "data").exists()


def test_the_default_dataset_needs_no_variable() -> None:
    assert build_command("synthetic") == "dbt build"
