"""Editions change place in one step, and nothing of them is lost or left over."""

import os
import threading
from pathlib import Path

import pytest
from support.commands import run_program

from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import (
    Edition,
    published_database,
    published_parquet,
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "tiny.duckdb"


def write(edition: Edition, text: str) -> Edition:
    edition.database.write_text(text)
    (edition.parquet / "sums.parquet").write_text(text)
    return edition


def publish(warehouse: Path, text: str) -> None:
    write(Edition(warehouse), text).publish()


def seen(warehouse: Path) -> tuple[str, str]:
    """Return what a reader finds in the database and in the Parquet file."""
    folder = published_parquet(warehouse)
    return (
        published_database(warehouse).read_text(),
        (folder / "sums.parquet").read_text(),
    )


def previous(warehouse: Path) -> Path:
    return published_database(warehouse).with_name("tiny.previous.duckdb")


def editions(warehouse: Path) -> list[Path]:
    folder = published_database(warehouse).with_name(".tiny")
    return [path for path in sorted(folder.iterdir()) if not path.is_symlink()]


def test_nothing_is_seen_before_it_is_published(warehouse):
    edition = write(Edition(warehouse), "one")
    assert not published_database(warehouse).exists()
    assert not published_parquet(warehouse).exists()
    edition.publish()
    assert seen(warehouse) == ("one", "one")
    assert not os.path.lexists(previous(warehouse))


def test_the_earlier_database_is_kept_and_the_one_before_is_not(warehouse):
    for text in ("one", "two", "three"):
        publish(warehouse, text)
    assert seen(warehouse) == ("three", "three")
    assert previous(warehouse).read_text() == "two"
    publish(warehouse, "four")
    assert len(editions(warehouse)) == 3, "one that a reader may just have found"


def test_a_reader_keeps_what_it_opened_and_a_folder_that_it_has_found(warehouse):
    publish(warehouse, "one")
    folder = published_parquet(warehouse).resolve()
    with published_database(warehouse).open() as reader:
        publish(warehouse, "two")
        assert (folder / "sums.parquet").read_text() == "one"
        publish(warehouse, "three")
        assert reader.read() == "one"


def test_what_is_published_cannot_be_written(warehouse):
    publish(warehouse, "one")
    for path in (
        published_database(warehouse),
        published_parquet(warehouse) / "sums.parquet",
    ):
        assert path.stat().st_mode & 0o222 == 0


def test_what_is_discarded_leaves_readers_alone(warehouse):
    publish(warehouse, "one")
    write(Edition(warehouse), "half").discard()
    assert seen(warehouse) == ("one", "one")
    assert len(editions(warehouse)) == 1


def test_discarding_what_is_published_removes_nothing(warehouse):
    edition = write(Edition(warehouse), "one")
    edition.publish()
    edition.discard()
    assert seen(warehouse) == ("one", "one")


def test_what_a_killed_publisher_left_is_swept(warehouse):
    publish(warehouse, "one")
    script = (
        "import os, sys; from pathlib import Path;"
        "from carbonshed.publish.editions import Edition;"
        "edition = Edition(Path(sys.argv[1])); edition.database.write_text('half');"
        "os.kill(os.getpid(), 9)"
    )
    killed = run_program(warehouse, code=script)
    assert killed.returncode == -9
    assert seen(warehouse) == ("one", "one")
    assert "lock" in {path.name for path in editions(warehouse)}
    assert len(editions(warehouse)) == 3
    publish(warehouse, "two")
    assert seen(warehouse) == ("two", "two")
    assert previous(warehouse).read_text() == "one"
    assert len(editions(warehouse)) == 2


def test_one_publishes_after_the_other(warehouse):
    first = write(Edition(warehouse), "one")
    told = threading.Event()
    texts = []

    def second() -> None:
        edition = Edition(warehouse, lambda text: (texts.append(text), told.set()))
        write(edition, "two").publish()

    other = threading.Thread(target=second)
    other.start()
    assert told.wait(timeout=60)
    first.publish()
    other.join(timeout=60)
    assert seen(warehouse) == ("two", "two")
    assert previous(warehouse).read_text() == "one"
    assert len(texts) == 1
    assert "waiting" in texts[0]


@pytest.mark.parametrize("name", ["tiny", "tiny.duckdb", "tiny.previous.duckdb"])
def test_what_someone_else_put_there_is_not_overwritten(warehouse, name):
    foreign = published_database(warehouse).with_name(name)
    foreign.mkdir(parents=True)
    with pytest.raises(CarbonshedError, match=f"{name} is not a link"):
        Edition(warehouse)
    assert foreign.is_dir()
    foreign.rmdir()
    publish(warehouse, "one")
    assert seen(warehouse) == ("one", "one")


def test_links_that_were_lost_come_back(warehouse):
    for text in ("one", "two"):
        publish(warehouse, text)
    for path in (published_database(warehouse), published_parquet(warehouse)):
        path.unlink()
    publish(warehouse, "three")
    assert seen(warehouse) == ("three", "three")
    assert previous(warehouse).read_text() == "two"
