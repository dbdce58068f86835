"""What another version has stored is refused by name, with what makes it anew."""

from pathlib import Path

import duckdb
import pytest
from support.refusals import refusal_of
from support.tiny_warehouse import write_warehouse
from typer.testing import CliRunner

import carbonshed
from carbonshed import versions
from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import published_database
from carbonshed.publish.publishing import publish
from carbonshed.publish.work_file import read_work_file

NEWER, EARLIER, UNNUMBERED = 99, 0, None


@pytest.fixture
def warehouse(empty_project: Path) -> Path:
    return write_warehouse(empty_project / "warehouse" / "tiny.duckdb")


def renumber(path: Path, table: str, number: int | None) -> None:
    """Give a file the number of another version; None takes the column away."""
    path.resolve().chmod(0o644)
    with duckdb.connect(path.resolve()) as connection:
        if number is None:
            connection.execute(f"alter table {table} drop column layout")
        else:
            connection.execute(f"update {table} set layout = {number}")


def status() -> tuple[int, str]:
    answer = CliRunner().invoke(_commands, ["status"])
    return answer.exit_code, answer.output


def test_a_number_is_known_earlier_or_newer():
    assert versions.refusal("x", 2, 2, "mend it") is None
    assert "earlier" in versions.refusal("x", None, 2, "mend it")
    assert "earlier" in versions.refusal("x", 1, 2, "mend it")
    for odd in (3, "2", True, [2], 2.5):
        assert "newer version of Carbonshed" in versions.refusal("x", odd, 2, "mend it")


@pytest.mark.parametrize("number", [NEWER, EARLIER, UNNUMBERED])
def test_a_publication_of_another_version(warehouse, number):
    publish("tiny", lambda _: None)
    path = published_database(warehouse)
    renumber(path, "marts.publication", number)
    age = "a newer" if number == NEWER else "an earlier"
    words = (str(path), f"by {age} version", "dbt build --vars 'dataset: tiny'")
    refusal = refusal_of(carbonshed.open, "tiny")
    code, text = status()
    assert code == 1
    for word in words:
        assert word in refusal.replace(str(path.resolve()), str(path))
        assert word in text
    for command in ("query", "report", "show", "sql"):
        answer = CliRunner().invoke(_commands, [command, "tiny", "from sums"][:3])
        assert answer.exit_code != 0
    publish("tiny", lambda _: None)
    assert carbonshed.open("tiny").about["layout"] == versions.PUBLICATION


@pytest.mark.parametrize("number", [NEWER, EARLIER, UNNUMBERED])
def test_a_work_file_of_another_version(warehouse, number):
    renumber(warehouse, "main.last_run", number)
    with pytest.raises(CarbonshedError, match="version of Carbonshed") as refusal:
        publish("tiny", lambda _: None)
    assert str(warehouse) in str(refusal.value)
    to_build = read_work_file(warehouse).refusal_to_build(warehouse)
    code, text = status()
    if number == NEWER:
        assert "newer version" in to_build
        assert code == 1
        assert "move the file away" in text
    else:
        assert to_build is None, "what it holds is built anew, in the same file"
        assert code == 0
        assert "earlier version" in text
    assert "dbt build" in str(refusal.value)


def test_a_file_of_somebody_else_is_not_built_into(warehouse):
    warehouse.unlink()
    with duckdb.connect(warehouse) as connection:
        connection.execute("create table mine as select 1 as one")
    words = "is no warehouse that Carbonshed has built: move the file away"
    assert words in read_work_file(warehouse).refusal_to_build(warehouse)
    with pytest.raises(CarbonshedError, match=words):
        publish("tiny", lambda _: None)
    code, text = status()
    assert code == 1
    assert words in text
