"""Seconds of every ready question of analyses/, median of five runs."""

import statistics
import time
from pathlib import Path

import duckdb

REPEATS = 5


def query_seconds(root: Path, name: str) -> dict[str, float]:
    """Return the median seconds of each ready question on a publication."""
    file = root / "warehouse" / "published" / f"{name}.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        questions = connection.sql(
            "select question_id, compiled_sql from marts.questions"
            " where needs is null order by question_id"
        ).fetchall()
        return {question: _median(connection, sql) for question, sql in questions}


def _median(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        connection.execute(sql).fetchall()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
