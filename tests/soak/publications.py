"""Rounds of builds that pass, fail and are killed, with a reader all the while.

Each round builds and publishes; in a third of the rounds a test fails, in another the
build is killed without warning at a random moment. Another process reads all the
while. Each round writes its number into every table, so that a mixture of two rounds,
or half of one, shows.
"""

import os
import time
from functools import partial
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from support.tiny_warehouse import fill

from carbonshed.publish.editions import (
    Edition,
    published_database,
    published_parquet,
)
from carbonshed.publish.publishing import publish_marts
from soak.engine import Player, start

ROWS = 500
_PAUSE = 0.03  # seconds, so that those who build get on
_FATES = ("passes", "fails", "is killed")


def build(warehouse: Path, number: int, passes: bool = True) -> None:
    """Build in place and publish as dbt does, or fail."""
    with duckdb.connect(warehouse) as connection:
        # statement by statement, so that a kill leaves a file of two rounds
        fill(connection, number, rows=ROWS)
        if passes:
            edition = Edition(warehouse)
            publish_marts(edition, connection.cursor(), "tiny", lambda _: None)


def round_in(path: Path) -> int:
    """Return the one round that a database is of."""
    with duckdb.connect(path, read_only=True) as connection:
        (row,) = connection.sql(
            "select min(footprints.round), max(footprints.round), count(*),"
            " any_value(sums.round), any_value(regions), any_value(build_id)"
            " from marts.footprints, marts.sums, marts.publication"
        ).fetchall()
    number = row[0]
    assert row == (number, number, ROWS, number, ROWS, f"build {number}")
    return number


def round_of(database: Path) -> int:
    """Return the same from the small Parquet file beside it, which is faster."""
    edition = database.resolve(strict=True).parent
    table = pq.ParquetFile(edition / "parquet" / "publication.parquet").read(
        ["build_id"], use_threads=False
    )
    return int(table["build_id"][0].as_py().removeprefix("build "))


def read(warehouse: Path, previous: Path, stop: Path) -> None:
    """Read until told to stop: database, Parquet, the earlier database."""
    seen = []
    while not stop.exists():
        seen.append(round_in(published_database(warehouse)))
        # all files of one folder, whose address is resolved once
        folder = published_parquet(warehouse).resolve(strict=True)
        with duckdb.connect() as connection:
            (row,) = connection.sql(
                "select any_value(footprints.round), count(*), any_value(sums.round),"
                " any_value(publication_id)"
                f" from '{folder}/footprints.parquet' as footprints,"
                f" '{folder}/sums.parquet' as sums,"
                f" '{folder}/publication.parquet' as publication"
            ).fetchall()
        number = row[0]
        assert row == (number, ROWS, number, folder.parent.name)
        # and the database that belongs to this folder
        assert round_in(folder.parent / "tiny.duckdb") == number
        seen.append(number)
        if previous.exists():
            time.sleep(_PAUSE)
            assert round_in(previous) <= round_in(published_database(warehouse))
    assert seen == sorted(seen), "a reader never goes back"
    assert len(set(seen)) > 1, "one publication alone was read"


class Publisher(Player):
    """A warehouse that is built and published in every round, and its reader."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        folder.mkdir()
        self.warehouse = folder / "tiny.duckdb"
        self.published, self.before = 0, None
        self.previous = published_database(self.warehouse).with_name(
            "tiny.previous.duckdb"
        )
        self._build(0)
        reading = partial(read, self.warehouse, self.previous, folder / "stop")
        self.reader = start(reading, folder, str(folder / "read"))

    def _build(self, number: int) -> None:
        work = partial(build, self.warehouse, number)
        outcome = self.must_do("failed", f"build {number}", work, self.folder)
        self.seconds["build"] = outcome.seconds

    def play(self, seed: int) -> None:
        """Let a build pass, fail or be killed; check what readers then have."""
        number = self.counts["rounds"] + 1
        self.counts["rounds"] = number
        fate = _FATES[number % 3]
        if fate == "is killed":
            work = partial(build, self.warehouse, number)
            self.kill("build", seed, work, self.folder)
        elif fate == "passes":
            self._build(number)
        else:
            work = partial(build, self.warehouse, number, passes=False)
            self.must_do("failed", f"round {number}", work, self.folder)
        now = round_of(published_database(self.warehouse))
        # all of it, or nothing
        allowed = {"passes": {number}, "fails": {self.published}}
        if now not in allowed.get(fate, {self.published, number}):
            self.fault("half", f"round {number}, which {fate}", f"readers have {now}")
        if now != self.published:
            self.published, self.before = now, self.published
        if self.before is not None and round_of(self.previous) != self.before:
            self.fault("half", f"round {number}", "the publication before is another")

    def end(self) -> None:
        """Stop the reader, build once more, and check what is left."""
        (self.folder / "stop").touch()
        if os.waitpid(self.reader, 0)[1]:
            self.fault("read", "the reader", (self.folder / "read").read_text())
        self._build(self.counts["rounds"] + 1)
        editions = self.folder / "published" / ".tiny"
        left = [path.name for path in editions.iterdir() if not path.is_symlink()]
        # this edition, the one before, and what was that before
        expected = {"tiny.duckdb", "tiny.duckdb.wal", "published", "stop", "read"}
        beside = {path.name for path in self.folder.iterdir()} - expected
        if len(left) != 3 or beside:
            self.fault("leftovers", "publications", (left, beside))
