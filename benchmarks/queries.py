"""How long an interactive question takes: every one of analyses/, median of five."""

import json
import statistics
import subprocess
import time
from pathlib import Path

import duckdb

REPEATS = 5


def query_seconds(dbt: str, root: Path, name: str) -> dict[str, float]:
    """Return the median seconds of each ready question on what is published."""
    compiled = root / "target" / "compiled" / "carbonshed" / "analyses"
    words = json.dumps({"dataset": name})
    selected = ("--select", "resource_type:analysis", "--vars", words)
    subprocess.run([dbt, "--quiet", "compile", *selected], cwd=root, check=True)
    file = root / "warehouse" / "published" / f"{name}.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        return {
            path.stem: _median(connection, path.read_text("utf-8"))
            for path in sorted(compiled.rglob("*.sql"))
        }


def _median(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        connection.execute(sql).fetchall()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
