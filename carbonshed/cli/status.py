"""The command ``carbonshed status``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.text import size_text

if TYPE_CHECKING:
    from datetime import datetime

    from carbonshed.ask.status import Row, Status
    from carbonshed.publish.work_file import WorkFile

_MAX_FAILURES = 10


def status(
    name: Annotated[
        str | None, typer.Argument(help="Name of a dataset; all without one.")
    ] = None,
) -> None:
    """Show what is published, and whether it agrees with warehouse and dataset."""
    from carbonshed.ask.status import known_names, status_of, unknown
    from carbonshed.errors import CarbonshedError

    all_names = known_names()
    names = [name] if name else all_names
    if not names:
        typer.echo("nothing is here yet; `make` makes and builds the default dataset")
    is_readable = True
    for dataset in names:
        state = status_of(dataset)
        if dataset not in all_names:
            raise CarbonshedError(unknown(dataset))
        typer.echo("\n".join(_lines(state, with_rows=name is not None)))
        is_readable &= not state.unreadable
    if not is_readable:
        raise typer.Exit(1)


def _lines(state: "Status", with_rows: bool) -> list[str]:
    lines = [f"{state.name}: {state.title or 'nothing is here'}"]
    if state.caveat:
        lines.append(f"  {state.caveat.upper()}")
    if state.dataset:
        lines.append(f"  dataset     ingested {_iso(state.dataset['ingested_at'])}")
    if state.work_file and state.work_file.run:
        lines += _work_file_lines(state.name, state.work_file)
    if state.publication:
        lines += _publication_lines(state.name, state.publication)
    if state.work_file:
        lines += _failure_lines(state.work_file)
    lines += [f"  note        {remark}" for remark in state.remarks()]
    lines += [f"  unreadable  {what}" for what in state.unreadable]
    if with_rows and state.rows:
        width = max(map(len, state.rows))
        lines.append("  published tables and their rows")
        lines += [f"    {table:{width}} {n:>13,}" for table, n in state.rows.items()]
    return lines


def _work_file_lines(name: str, work_file: "WorkFile") -> list[str]:
    from carbonshed.paths import warehouse_dir

    run = work_file.run
    kind = "whole" if run["is_full"] else "selective"
    if work_file.was_killed:
        about = f"{kind} dbt {run['command']}, begun {_utc(run['started_at'])}"
    else:
        about = f"{kind} dbt {run['command']} of {_utc(run['ended_at'])}"
    location = _place(warehouse_dir() / f"{name}.duckdb")
    return [f"  warehouse   {location}", f"              {about}"]


def _publication_lines(name: str, publication: "Row") -> list[str]:
    from carbonshed.paths import warehouse_dir
    from carbonshed.publish.editions import published_database, published_parquet

    warehouse = warehouse_dir() / f"{name}.duckdb"
    paths = [published_database(warehouse)]
    if (folder := published_parquet(warehouse)).is_dir():
        paths.append(folder)
    about = (
        f"at {_utc(publication['published_at'])}",
        f"{publication['build_kind']} build of {_utc(publication['built_at'])}, of the"
        f" dataset ingested {_utc(publication['ingested_at'])}",
        f"{publication['tables']:,} marts and publication, {publication['rows']:,} rows"
        f"; Carbonshed {publication['carbonshed_version']},"
        f" dbt {publication['dbt_version']},"
        f" DuckDB {publication['duckdb_version'].removeprefix('v')}",
    )
    shown = f"  published   {', '.join(_place(location) for location in paths)}"
    return [shown, *(f"              {line}" for line in about)]


def _failure_lines(work_file: "WorkFile") -> list[str]:
    if not work_file.failures:
        return []
    what = "refused" if work_file.refusal else "failed"
    lines = [f"  last run    {what}, {_utc(work_file.failures[-1].failed_at)}"]
    for failure in work_file.failures[:_MAX_FAILURES]:
        first, *more = failure.lines() or [""]
        lines.append(f"              {failure.kind} {failure.name}: {first}")
        lines += [f"                {line}" for line in more]
    if (left := len(work_file.failures) - _MAX_FAILURES) > 0:
        lines.append(f"              and {left:,} more")
    return lines


def _place(path: Path) -> str:
    from carbonshed.ask.status import shown, size_of

    return f"{shown(path)} ({size_text(size_of(path))})"


def _utc(moment: "datetime") -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _iso(text: str) -> str:
    from datetime import datetime

    return _utc(datetime.fromisoformat(text))
