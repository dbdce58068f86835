"""The summary of a run: a line for each step, and what to do after a failure."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from carbonshed.audit.checks import WARNING
from carbonshed.audit.run import AuditReport
from carbonshed.dataset.store import Dataset
from carbonshed.publish.editions import published_database, published_parquet
from carbonshed.publish.publishing import is_another_ingest, not_passed
from carbonshed.publish.work_file import (
    PASSED,
    WorkFile,
    again_command,
    build_command,
    publish_command,
)
from carbonshed.text import size_text, split_caveat

Row = Mapping[str, Any]

_HEAD = 11


def line(step: str, text: str) -> str:
    """Return a line: what was done, and to what."""
    return f"{step + ':':{_HEAD}}{text}"


def more(text: str) -> str:
    """Return a line that goes on with the one before it."""
    return " " * _HEAD + text


def checked(dataset: Dataset, report: AuditReport, remarks: Iterable[str]) -> list[str]:
    """Return the lines on the checks before the run, with every warning in full."""
    counts = ", ".join(f"{n} {status}" for status, n in report.counts().items() if n)
    mark, by_author = split_caveat(dataset.caveat)
    mark = f"{mark.upper()}: " if mark else ""
    warnings = [check.line() for check in report.checks if check.status == WARNING]
    if warnings:
        warnings.append("A WARNING stops no build; docs/audit.md says what each means")
    return [
        line("Checked", f"{dataset.name}: {mark}{dataset.title}; audit: {counts}"),
        *(more(each) for each in [by_author, *warnings, *remarks] if each),
    ]


def run_lines(
    work_file: WorkFile,
    results: Sequence[Row],
    begun_at: datetime,
    name: str,
    log: Path,
) -> list[str]:
    """Return the lines on a run's models and tests, and the remedy after a failure."""
    run = work_file.run
    commands = again_command(name, run), build_command(name, run)
    lines = ended(results, _since(begun_at), name, *commands)
    if reason := ingested_anew(work_file, name):
        lines.append(line("Dataset", reason))
    return [*lines, line("Log", _near(log))]


def ended(
    results: Sequence[Row], seconds: float, name: str, again: str, build: str
) -> list[str]:
    """Return the counts of models and tests, their time, and the failures.

    A result `gates` if nothing is published after it has failed. The commands build
    what is left `again`, and everything.
    """
    nodes = [row for row in results if row["kind"] in ("model", "seed")]
    tests = [row for row in results if row["kind"] in ("test", "unit_test")]
    failed = [row for row in results if _state(row) == "failed"]
    lines = []
    if nodes:
        what = "models and seeds" if nodes[1:] else nodes[0]["kind"]
        lines.append(line("Built", f"{_counted(nodes, what)} in {seconds:,.0f} s"))
    if tests:
        what = "tests passed" if tests[1:] else "test passed"
        lines.append(line("Tested", _counted(tests, what)))
    for row in failed:
        what = f"{row['kind'].replace('_', ' ')} {row['name']}"
        where = f": {_near(row['path'])}" if row["path"] else ""
        lines.append(line("Failed", what + where))
    if failed:
        is_held_back = any(row["gates"] for row in failed)
        lines += [
            more(
                "Readers still see the previous publication. The reasons follow;"
                if is_held_back
                else "Nothing that is published is made from it. The reasons follow;"
            ),
            more(f"carbonshed status {name} repeats them. Once they are fixed, build"),
            more(f"what is left and what depends on it: {again}; everything: {build}"),
        ]
    return lines


def unpublished(work_file: WorkFile, name: str) -> str:
    """Return the outstanding nodes, and the command that builds and publishes them."""
    head = "Not published; readers still see the previous publication"
    if reason := ingested_anew(work_file, name):
        return f"{reason}. {head}. Build it again: {build_command(name, work_file.run)}"
    return (
        f"{head}. {not_passed(work_file.outstanding)}. To build and test them, and"
        f" publish: {publish_command(name, work_file.run)}"
    )


def ingested_anew(work_file: WorkFile, name: str) -> str | None:
    """Return that a dataset was ingested anew since its last run began, if so."""
    built = (work_file.run or {}).get("dataset_id")
    if built is not None and is_another_ingest(name, built):
        return f"The dataset {name} was ingested anew while it was being built"
    return None


def published(
    warehouse: Path, facts: Mapping[str, Any], begun_at: datetime
) -> list[str]:
    """Return the lines on a new publication; the last has all of the time."""
    database = published_database(warehouse)
    size = size_text(database.stat().st_size)
    about = f"{facts['tables']:,} marts and publication, {facts['rows']:,} rows, {size}"
    return [
        line("Parquet", f"{_near(published_parquet(warehouse))}/"),
        line("Published", f"{_near(database)}: {about}; {_since(begun_at):,.0f} s"),
    ]


def failed(begun_at: datetime, log: Path) -> str:
    """Return the last line of a run in which something failed."""
    seconds = f"{_since(begun_at):,.0f} s"
    return f"failed after {seconds}, nothing new is published; log: {_near(log)}"


def _since(begun_at: datetime) -> float:
    return (datetime.now(UTC).replace(tzinfo=None) - begun_at).total_seconds()


def _near(path: str | Path) -> str:
    """Return a path as seen from the current folder."""
    return os.path.relpath(path)


def _state(row: Row) -> str:
    if row["status"] in PASSED:
        return "passed"
    return "skipped" if row["status"] == "skipped" else "failed"


def _counted(rows: Sequence[Row], what: str) -> str:
    """Return ``103 of 104 models and seeds; 1 failed``."""
    states = [_state(row) for row in rows]
    warned = sum(row["status"] == "warn" for row in rows)
    counts = {
        "with a warning": warned,
        "failed": states.count("failed"),
        "skipped": states.count("skipped"),
    }
    others = ", ".join(f"{n:,} {state}" for state, n in counts.items() if n)
    passed = states.count("passed")
    of_all = f"{passed:,}" if passed == len(rows) else f"{passed:,} of {len(rows):,}"
    return f"{of_all} {what}" + (f"; {others}" if others else "")
