"""The commands about what readers open: ``publish``, ``status`` and ``sql``."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.text import install_command, size_text

if TYPE_CHECKING:
    from datetime import datetime

    from carbonshed.ask.status import Row, Status
    from carbonshed.publish.work_file import WorkFile

_OLDEST_CLIENT = (1, 4)  # that opens what is published
_MAX_FAILURES = 10


def publish(
    name: Annotated[str, typer.Argument(help="Name of a built dataset.")] = "synthetic",
) -> None:
    """Publish a warehouse; first build and test what has not passed.

    A whole dbt build that passes publishes by itself.
    """
    from carbonshed.ask.status import shown
    from carbonshed.cli.build import run_dbt
    from carbonshed.cli.console import progress_line
    from carbonshed.paths import warehouse_dir
    from carbonshed.publish.editions import published_database
    from carbonshed.publish.publishing import OutstandingError
    from carbonshed.publish.publishing import publish as publish_marts

    try:
        with progress_line() as progress:
            is_new = publish_marts(name, progress)
    except OutstandingError as outstanding:
        typer.echo(str(outstanding), err=True)
        run_dbt(shlex.split(outstanding.command), name)  # which publishes
        return
    path = shown(published_database(warehouse_dir() / f"{name}.duckdb"))
    typer.echo(f"{'published' if is_new else 'published already'}: {path}")


def status(
    name: Annotated[
        str | None, typer.Argument(help="Name of a dataset; all without one.")
    ] = None,
) -> None:
    """Show what is published, and whether it agrees with warehouse and dataset."""
    from carbonshed.ask.status import known_names, status_of, unknown
    from carbonshed.errors import CarbonshedError

    known = known_names()
    names = [name] if name else known
    if not names:
        typer.echo("nothing is here yet; `make` makes and builds the default dataset")
    is_readable = True
    for each in names:
        found = status_of(each)
        if each not in known:
            raise CarbonshedError(unknown(each))
        typer.echo("\n".join(_lines(found, with_rows=name is not None)))
        is_readable &= not found.unreadable
    if not is_readable:
        raise typer.Exit(1)


def _lines(found: "Status", with_rows: bool) -> list[str]:
    lines = [f"{found.name}: {found.title or 'nothing is here'}"]
    if found.caveat:
        lines.append(f"  {found.caveat.upper()}")
    if found.dataset:
        lines.append(f"  dataset     ingested {_iso(found.dataset['ingested_at'])}")
    if found.work_file and found.work_file.run:
        lines += _work_file_lines(found.name, found.work_file)
    if found.publication:
        lines += _publication_lines(found.name, found.publication)
    if found.work_file:
        lines += _failure_lines(found.work_file)
    lines += [f"  note        {remark}" for remark in found.remarks()]
    lines += [f"  unreadable  {what}" for what in found.unreadable]
    if with_rows and found.rows:
        width = max(map(len, found.rows))
        lines.append("  published tables and their rows")
        lines += [f"    {table:{width}} {n:>13,}" for table, n in found.rows.items()]
    return lines


def _work_file_lines(name: str, work_file: "WorkFile") -> list[str]:
    from carbonshed.paths import warehouse_dir

    run = work_file.run
    kind = "whole" if run["is_full"] else "selective"
    if work_file.was_killed:
        about = f"{kind} dbt {run['command']}, begun {_utc(run['started_at'])}"
    else:
        about = f"{kind} dbt {run['command']} of {_utc(run['ended_at'])}"
    place = _place(warehouse_dir() / f"{name}.duckdb")
    return [f"  warehouse   {place}", f"              {about}"]


def _publication_lines(name: str, publication: "Row") -> list[str]:
    from carbonshed.paths import warehouse_dir
    from carbonshed.publish.editions import published_database, published_parquet

    warehouse = warehouse_dir() / f"{name}.duckdb"
    places = [published_database(warehouse)]
    if (folder := published_parquet(warehouse)).is_dir():
        places.append(folder)
    about = (
        f"at {_utc(publication['published_at'])}",
        f"{publication['build_kind']} build of {_utc(publication['built_at'])}, of the"
        f" dataset ingested {_utc(publication['ingested_at'])}",
        f"{publication['tables']:,} marts and publication, {publication['rows']:,} rows"
        f"; Carbonshed {publication['carbonshed_version']},"
        f" dbt {publication['dbt_version']},"
        f" DuckDB {publication['duckdb_version'].removeprefix('v')}",
    )
    shown = f"  published   {', '.join(_place(place) for place in places)}"
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


def sql(
    name: Annotated[
        str, typer.Argument(help="Name of a published dataset.")
    ] = "synthetic",
) -> None:
    """Open the published file read-only in the DuckDB client, schema marts first."""
    from carbonshed.ask.query import open_marts_first
    from carbonshed.ask.status import shown, status_of
    from carbonshed.errors import CarbonshedError
    from carbonshed.paths import warehouse_dir
    from carbonshed.publish.editions import published_database

    found = status_of(name)
    database = published_database(warehouse_dir() / f"{name}.duckdb")
    if found.publication is None and not database.is_file():
        why = found.why_unpublished()
        raise CarbonshedError(f"{shown(database)} is not there: {why}")
    open_marts_first(database).close()  # refuses what another version has published
    client = _client()
    if found.caveat:
        typer.echo(f"{name}: {found.caveat}", err=True)
    os.execv(client, [client, "-readonly", "-cmd", "use marts", str(database)])


def _client() -> str:
    """Return the DuckDB client: the one beside this Python, else the system's."""
    from carbonshed.errors import CarbonshedError

    beside = str(Path(sys.executable).parent)
    client = shutil.which("duckdb", path=beside) or shutil.which("duckdb")
    way = f"{install_command('sql')}, or https://duckdb.org/install"
    if client is None:
        raise CarbonshedError(f"the DuckDB client `duckdb` is not installed: {way}")
    said = subprocess.run(
        [client, "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = said.removeprefix("v").split(" ")[0].split(".")
    if not version[0].isdigit() or tuple(map(int, version[:2])) < _OLDEST_CLIENT:
        raise CarbonshedError(
            f"{client} is {said.strip() or 'not the DuckDB client'}; version 1.4 or"
            f" later can open what is published: {way}"
        )
    return client
