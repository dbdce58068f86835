"""Rounds of builds that pass, fail and are killed, with readers all the while.

One process builds and publishes, round after round; in a third of the rounds a test
fails, in another it is killed without warning at a random moment. Other processes
read all the while. Each round writes its number into every table, so that a mixture
of two rounds, or half of one, shows.
"""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from carbonshed.publish.editions import (
    Edition,
    published_database,
    published_parquet,
)
from carbonshed.publish.publishing import publish_marts
from support.tiny_warehouse import fill

ROWS = 500
READERS = 1
PAUSE = 0.03  # seconds, so that those who build get on
LONGEST = 1.1  # rounds that a victim may live, in the time of the last that passed


def in_a_process(work: Callable[[], None]) -> int:
    """Do something in a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def build(warehouse: Path, number: int, passes: bool) -> None:
    """Build in place and publish as dbt does, or fail."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(warehouse) as connection:
        # statement by statement, so that a kill leaves a file of two rounds
        fill(connection, number, rows=ROWS)
        if not passes:
            return
        edition = Edition(warehouse)
        publish_marts(edition, connection.cursor(), "tiny", lambda _: None)


def rounds_in(path: Path) -> int:
    """Return the one round that a database is of."""
    with duckdb.connect(path, read_only=True) as connection:
        (found,) = connection.sql(
            "select min(footprints.round), max(footprints.round), count(*),"
            " any_value(sums.round), any_value(regions), any_value(build_id)"
            " from marts.footprints, marts.sums, marts.publication"
        ).fetchall()
    number = found[0]
    assert found == (number, number, ROWS, number, ROWS, f"build {number}")
    return number


def round_of(database: Path) -> int:
    """Return the same from the small Parquet file beside it, which is faster."""
    edition = database.resolve(strict=True).parent
    table = pq.ParquetFile(edition / "parquet" / "publication.parquet").read(
        ["build_id"], use_threads=False
    )
    return int(table["build_id"][0].as_py().removeprefix("build "))


def read(warehouse: Path, stop: Path, log: Path) -> None:
    """Read until told to stop: database, Parquet, the earlier database."""
    seen = []
    previous = published_database(warehouse).with_name("tiny.previous.duckdb")
    while not stop.exists():
        seen.append(rounds_in(published_database(warehouse)))
        # all files of one folder, which is found once
        folder = published_parquet(warehouse).resolve(strict=True)
        with duckdb.connect() as connection:
            (found,) = connection.sql(
                "select any_value(footprints.round), count(*), any_value(sums.round),"
                " any_value(publication_id)"
                f" from '{folder}/footprints.parquet' as footprints,"
                f" '{folder}/sums.parquet' as sums,"
                f" '{folder}/publication.parquet' as publication"
            ).fetchall()
        number = found[0]
        assert found == (number, ROWS, number, folder.parent.name)
        # and the database that belongs to this folder
        assert rounds_in(folder.parent / "tiny.duckdb") == number
        seen.append(number)
        if previous.exists():
            time.sleep(PAUSE)
            assert rounds_in(previous) <= rounds_in(published_database(warehouse))
    assert seen == sorted(seen), "a reader never goes back"
    log.write_text(f"{len(seen)} {len(set(seen))}")


def play(warehouse: Path, rounds: int) -> str:
    """Play the rounds; return how many publishers were killed and how much was read."""
    stop = warehouse.parent / "stop"
    logs = [warehouse.parent / f"read{reader}" for reader in range(READERS)]
    build(warehouse, 0, passes=True)
    readers = [in_a_process(lambda log=log: read(warehouse, stop, log)) for log in logs]
    try:
        killed = play_rounds(warehouse, rounds)
    finally:
        stop.touch()
        ends = [os.waitpid(reader, 0)[1] for reader in readers]
    assert ends == [0] * READERS
    build(warehouse, rounds + 1, passes=True)
    return " ".join([str(killed), *(log.read_text() for log in logs)])


def play_rounds(warehouse: Path, rounds: int) -> int:
    """Let builds pass, fail and be killed in turn; check what readers have after each.

    Returns
    -------
    int
        How many were killed before they had ended.
    """
    chance = random.Random(6)
    published, before, killed, usual = 0, None, 0, 0.0
    previous = published_database(warehouse).with_name("tiny.previous.duckdb")
    for number in range(1, rounds + 1):
        fate = ("passes", "fails", "is killed")[number % 3]
        builder = in_a_process(
            lambda number=number, fate=fate: build(warehouse, number, fate != "fails")
        )
        begin = time.monotonic()
        if fate == "is killed":
            time.sleep(chance.uniform(0, LONGEST * usual))
            os.kill(builder, signal.SIGKILL)
        status = os.waitpid(builder, 0)[1]
        if fate == "passes":
            usual = time.monotonic() - begin
        killed += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or status == 0
        now = round_of(published_database(warehouse))
        # all of it, or nothing
        allowed = {"passes": {number}, "fails": {published}}
        assert now in allowed.get(fate, {published, number})
        if now != published:
            published, before = now, published
        if before is not None:
            assert round_of(previous) == before
    return killed


if __name__ == "__main__":
    print(play(Path(sys.argv[1]), int(sys.argv[2])))
