"""Dashboards of a dataset in Apache Superset: ``python bi/superset serve NAME``.

Their definitions are text files in ``assets/``; see docs/superset.md.
"""

import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from api import Client
from bundle import ASSETS, bundle, column_labels, inapplicable_files, marts_with_rows
from server import PROGRAM, PROJECT, USER, Server

from carbonshed.ask.query import open_marts_first
from carbonshed.errors import CarbonshedError
from carbonshed.names import DEFAULT_NAME, validate_name
from carbonshed.paths import warehouse_dir
from carbonshed.publish.editions import published_database

INSTALL = "Superset is not installed: run make install-superset"

Name = Annotated[str, typer.Argument(help="A published dataset.")]

app = typer.Typer(add_completion=False, help=__doc__.splitlines()[0])


@app.command()
def serve(name: Name = DEFAULT_NAME, port: int = 8088) -> None:
    """Open the dashboards on this machine alone, until Ctrl-C."""
    server = Server(PROJECT / ".superset" / name, port)
    with _running(server, name) as client:
        for board in _boards(client):
            print(f"  {server.address}{board['url']}  {board['dashboard_title']}")
        print(f"Log in as {USER}; the password is in {server.where}. Ctrl-C stops it.")
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


@app.command()
def check(name: Name = DEFAULT_NAME) -> None:
    """Import them into a new Superset and check that every chart returns rows."""
    if not PROGRAM.exists():
        print(f"SKIPPED: {INSTALL}")
        return
    with _new_server(name) as (_, client):
        failures = _failures(client)
    if failures:
        raise CarbonshedError("\n".join(failures))


@app.command()
def pictures(folder: Path, name: Name = DEFAULT_NAME) -> None:
    """Open every dashboard in Chromium and save a picture of it."""
    from pictures import take

    with _new_server(name) as (server, client):
        pages = {
            board["slug"].removeprefix("carbonshed-"): board["url"]
            for board in _boards(client)
        }
        take(server.address, USER, server.password, pages, folder)


@contextmanager
def _new_server(name: str) -> Iterator[tuple[Server, Client]]:
    with tempfile.TemporaryDirectory(prefix="superset-") as home:
        server = Server(Path(home), port=0)
        with _running(server, name) as client:
            yield server, client


@contextmanager
def _running(server: Server, name: str) -> Iterator[Client]:
    """Start a server with the dashboards of a dataset, and stop it afterwards."""
    published = _published(name)
    if not PROGRAM.exists():
        raise CarbonshedError(INSTALL)
    print("preparing Superset", file=sys.stderr, flush=True)
    try:
        server.prepare()
        server.start()
        client = Client(server.address)
        client.log_in(USER, server.password)
        with duckdb.connect(published, read_only=True) as connection:
            caveat, *nouns = connection.sql(
                "select caveat, region_noun, region_noun_plural from marts.dataset"
            ).fetchone()
            marts = marts_with_rows(connection)
            inapplicable = inapplicable_files(connection)
            labels = column_labels(connection)
        packed = bundle(name, caveat, marts, inapplicable, tuple(nouns), labels)
        client.upload("assets/import/", "bundle", packed)
        yield client
    finally:
        server.stop()


def _boards(client: Client) -> list[dict[str, Any]]:
    return sorted(client.everything("dashboard"), key=lambda board: board["id"])


def _failures(client: Client) -> list[str]:
    """Query every chart of every dashboard; return the failures."""
    failures, chart_count = [], 0
    boards = _boards(client)
    for board in boards:
        charts = client.get(f"dashboard/{board['id']}/charts")["result"]
        print(f"{board['dashboard_title']}: {len(charts)} charts")
        for chart in charts:
            title = f"{board['dashboard_title']}, {chart['slice_name']}"
            chart_count += 1
            try:
                (result,) = client.get(f"chart/{chart['id']}/data/")["result"]
            except CarbonshedError as failure:
                failures.append(f"{title}: {failure}")
                continue
            if result["rowcount"]:
                continue
            if required := _required_columns(chart["form_data"]):
                print(f"  {chart['slice_name']}: no rows, none has {required}")
            else:
                failures.append(f"{title}: no rows; its query is {result['query']}")
    shipped = len(list((ASSETS / "dashboards").iterdir()))
    if len(boards) != shipped:
        failures.append(f"of {shipped} dashboards, {len(boards)} were imported")
    print(f"{chart_count} charts queried, {len(failures)} failures")
    return failures


def _required_columns(params: dict[str, Any]) -> str:
    """Return the columns that a chart requires to be known, such as GDP."""
    filters = " ".join(
        condition["sqlExpression"] for condition in params["adhoc_filters"]
    )
    return " and ".join(re.findall(r"(\w+) is not null", filters))


def _published(name: str) -> Path:
    validate_name(name)
    path = published_database(warehouse_dir() / f"{name}.duckdb")
    if not path.is_file():
        msg = (
            f"{name} is not published: {path} is missing; a build that passes"
            f" publishes: dbt build --vars 'dataset: {name}'"
        )
        raise CarbonshedError(msg)
    open_marts_first(path).close()  # refuses a publication of another version
    return path


if __name__ == "__main__":
    # stop the server when this process is terminated
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        app()
    except CarbonshedError as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        sys.exit(1)
