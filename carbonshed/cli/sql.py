"""The command ``carbonshed sql``."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from carbonshed.text import install_command

_OLDEST_CLIENT = (1, 4)  # that opens what is published


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

    state = status_of(name)
    database = published_database(warehouse_dir() / f"{name}.duckdb")
    if state.publication is None and not database.is_file():
        why = state.why_unpublished()
        raise CarbonshedError(f"{shown(database)} is not there: {why}")
    open_marts_first(database).close()  # refuses what another version has published
    client = _client()
    if state.caveat:
        typer.echo(f"{name}: {state.caveat}", err=True)
    os.execv(client, [client, "-readonly", "-cmd", "use marts", str(database)])


def _client() -> str:
    """Return the DuckDB client: the one beside this Python, else the system's."""
    from carbonshed.errors import CarbonshedError

    beside = str(Path(sys.executable).parent)
    client = shutil.which("duckdb", path=beside) or shutil.which("duckdb")
    way = f"{install_command('sql')}, or https://duckdb.org/install"
    if client is None:
        raise CarbonshedError(f"the DuckDB client `duckdb` is not installed: {way}")
    answer = subprocess.run(
        [client, "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = answer.removeprefix("v").split(" ")[0].split(".")
    if not version[0].isdigit() or tuple(map(int, version[:2])) < _OLDEST_CLIENT:
        raise CarbonshedError(
            f"{client} is {answer.strip() or 'not the DuckDB client'}; version 1.4 or"
            f" later can open what is published: {way}"
        )
    return client
