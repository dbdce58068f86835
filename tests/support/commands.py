"""Commands of the package, run in this process or in one of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError

_HOLDER = (
    "import duckdb, sys; connection = duckdb.connect(sys.argv[1]);"
    "connection.execute(sys.argv[2]); print(1, flush=True); sys.stdin.read()"
)


def run_command(*words: object, stdin: str | bytes = "") -> str:
    """Return what a command prints; raise what it refuses, of which it prints none."""
    result = CliRunner().invoke(_commands, [str(word) for word in words], input=stdin)
    if isinstance(result.exception, CarbonshedError):
        assert result.stdout == ""
        raise result.exception
    assert result.exit_code == 0, result.exception or result.output
    return result.stdout


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that imports what this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **more}


def run_program(
    *words: object, code: str = "", cwd: Path | None = None, stdin: str = "", **env: str
) -> subprocess.CompletedProcess:
    """Run the program, or some code, in a process of its own, as a script does."""
    start = ["-c", code] if code else ["-m", "carbonshed"]
    return subprocess.run(
        [sys.executable, *start, *map(str, words)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=60,
        env=environment(**env),
    )


@contextmanager
def open_elsewhere(path: Path, sql: str = "select 1") -> Iterator[subprocess.Popen]:
    """Let another process have a database open for writing, after some SQL."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path), sql],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        holder.stdout.readline()
        yield holder
        holder.communicate()
