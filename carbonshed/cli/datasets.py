"""The commands about datasets that are here: list, status, audit, check, remove."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carbonshed.checksums import LIST, compare, unlisted
from carbonshed.cli.dataset_option import OfDataset
from carbonshed.cli.output import progress_line
from carbonshed.errors import CarbonshedError
from carbonshed.files import UNFINISHED, FileLock, LockHeldError, remove_folder
from carbonshed.names import validate_name
from carbonshed.paths import (
    data_dir,
    kept_scenarios,
    project_remark,
    project_root,
    solved_dir,
    warehouse_dir,
)
from carbonshed.text import counted, listing, loud, size_text

if TYPE_CHECKING:
    from carbonshed.ask.status import Row, Status
    from carbonshed.dataset import Dataset
    from carbonshed.publish.work_file import WorkFile
    from carbonshed.scenarios.scenario_file import ScenarioRow

_MAX_FAILURES = 10
_MAX_FILES = 5  # of a user in a line
_WIDTH_OF_A_PIPE = 100_000  # wide enough to cut nothing: the reader may be a program

check = typer.Typer(
    help="Check a file of scenarios before a build, or stored files by their checksums."
    " Exit code 1 if anything is refused, missing or not what was written.",
    no_args_is_help=True,
)
_Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the dataset.")]


def list_datasets() -> None:
    """List the datasets."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from carbonshed.dataset.store import list_datasets, refused_datasets

    datasets = list_datasets()
    if not datasets:
        typer.echo(
            f"no dataset in {data_dir()} yet; `carbonshed ingest tidy FOLDER --name "
            "NAME` reads one, `dbt build` makes the default one"
        )
    else:
        table = Table(box=None, pad_edge=False)
        counts = ("regions", "sectors", "transactions")
        for header in ("name", "title", "years", *counts, "ingested at", "audit"):
            justify = "right" if header in counts else "left"
            table.add_column(header, justify=justify, no_wrap=True)
        for dataset in datasets:
            table.add_row(*(Text(cell) for cell in _row(dataset)))
        width = None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE
        Console(width=width).print(table)
    for reason in refused_datasets().values():
        typer.echo(reason, err=True)
    _print_remark()


def _print_remark() -> None:
    """Say what is to be done first where there is no project, or no package of it."""
    if remark := project_remark():
        typer.echo(remark)


def _row(dataset: "Dataset") -> list[str]:
    from carbonshed.audit.run import stored_report

    report = stored_report(dataset)
    counts = report.counts() if report else {}
    results = [f"{count} {status}" for status, count in counts.items() if count]
    rows = dataset.rows
    return [
        dataset.name,
        dataset.title,
        ", ".join(str(year) for year in dataset.years),
        f"{rows['regions']:,}",
        f"{rows['sectors']:,}",
        f"{rows['transactions']:,}",
        dataset.descriptor["carbonshed"]["ingested_at"],
        ", ".join(results) or "not audited",
    ]


def status(
    name: Annotated[
        str | None, typer.Argument(help="Name of a dataset; all without one.")
    ] = None,
) -> None:
    """Show what is published, and whether it agrees with warehouse and dataset."""
    from carbonshed.ask.status import known_names, status_of, unknown

    all_names = known_names()
    names = [name] if name else all_names
    if not names:
        typer.echo(
            "nothing is here yet; `dbt build` makes and builds the default dataset"
        )
    _print_remark()
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
        lines.append(f"  {loud(state.caveat)}")
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
    run = work_file.run
    kind = "whole" if run["is_full"] else "selective"
    if work_file.was_killed:
        about = f"{kind} dbt {run['command']}, begun {_utc(run['started_at'])}"
    else:
        about = f"{kind} dbt {run['command']} of {_utc(run['ended_at'])}"
    location = _with_size(warehouse_dir() / f"{name}.duckdb")
    return [f"  warehouse   {location}", f"              {about}"]


def _after(changed: str | None) -> str:
    """Return what a selective build was made after."""
    return f" after a change to {changed}" if changed else ""


def _publication_lines(name: str, publication: "Row") -> list[str]:
    from carbonshed.publish.editions import published_database, published_parquet

    warehouse = warehouse_dir() / f"{name}.duckdb"
    paths = [published_database(warehouse)]
    if (folder := published_parquet(warehouse)).is_dir():
        paths.append(folder)
    about = (
        f"at {_utc(publication['published_at'])}",
        f"{publication['build_kind']} build of {_utc(publication['built_at'])}"
        f"{_after(publication.get('changed'))}, of the dataset ingested"
        f" {_utc(publication['ingested_at'])}",
        f"{publication['tables']:,} marts and publication, {publication['rows']:,} rows"
        f"; Carbonshed {publication['carbonshed_version']},"
        f" dbt {publication['dbt_version']},"
        f" DuckDB {publication['duckdb_version'].removeprefix('v')}",
    )
    shown = f"  published   {', '.join(_with_size(location) for location in paths)}"
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


def _with_size(path: Path) -> str:
    from carbonshed.ask.status import shown, size_of

    return f"{shown(path)} ({size_text(size_of(path))})"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _iso(text: str) -> str:
    return _utc(datetime.fromisoformat(text))


def audit(
    name: Annotated[str, typer.Argument(help="Name of an ingested dataset.")],
    scheduler: Annotated[
        str,
        typer.Option(
            help="Address or file of a Dask scheduler, whose workers scan a large"
            " table."
        ),
    ] = "",
    shared: Annotated[
        str,
        typer.Option(
            help="URL of a folder in object storage, where its workers do not see the"
            " project folder."
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report for machines.")
    ] = False,
) -> None:
    """Check a dataset before it is built; exit code 1 if a check fails."""
    from carbonshed.audit import audit_dataset
    from carbonshed.dataset.store import open_dataset
    from carbonshed.dbt_plugin.vars import check_variables
    from carbonshed.solve.memory_plan import DASK, Solver

    variables = {"scheduler": scheduler or None, "shared": shared or None}
    check_variables(variables)
    if shared and not scheduler:
        raise CarbonshedError("--shared is for the workers of a --scheduler; name it")
    dataset = open_dataset(name)
    solver = None
    if scheduler:
        solver = Solver.of(DASK, None, scheduler, shared)
        _ask(scheduler, dataset.table("transactions"))
    with progress_line() as progress:
        report = audit_dataset(
            dataset, lambda step: progress(f"checking {step}"), solver
        )
    if as_json:
        content = {**report.as_dict(), "notes": dataset.notes}
        typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        typer.echo(report.render())
        for note in dataset.notes:
            typer.echo(f"note    {note}")
    if report.failed:
        raise typer.Exit(1)


def _ask(scheduler: str, transactions: Path) -> None:
    """Refuse a scheduler that does not answer; say so where it has nothing to do."""
    from carbonshed.audit.tables import (
        MIN_PARTS,
        PART_ROWS,
        is_for_workers,
        parts_of,
    )
    from carbonshed.solve.memory_plan import require_dask

    require_dask()
    from carbonshed.solve.cluster.workers import require_scheduler

    require_scheduler(scheduler)
    if not is_for_workers(parts_of(transactions)):
        fewest = (MIN_PARTS - 1) * PART_ROWS
        typer.echo(
            f"the workers of {scheduler} have nothing to do: a table of up to"
            f" {fewest:,} transactions is scanned here, which is quicker",
            err=True,
        )


@check.command("dataset", cls=OfDataset)
def check_dataset(name: _Name) -> None:
    """Read every file of a dataset again and compare it with its checksum."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from carbonshed.audit.run import CHECKSUMS, REPORT_FILE, files_of_audit
    from carbonshed.dataset import open_dataset
    from carbonshed.dataset.contract import DESCRIPTOR_FILE, SALES_FILE, STORED_TABLES

    dataset = open_dataset(name)
    path = dataset.path
    tables = {f"{table}.parquet" for table in STORED_TABLES}
    of_audit = {"audit_checks.parquet", REPORT_FILE, SALES_FILE}
    more = {LIST, CHECKSUMS, kept_scenarios(name).name}
    lists = [path / LIST]
    wrong = unlisted(
        path / LIST, {*tables, DESCRIPTOR_FILE} - of_audit, {*more, *of_audit}
    )
    if audited := files_of_audit(dataset):
        lists.append(path / CHECKSUMS)
        others = {*tables, DESCRIPTOR_FILE, *more}
        wrong += unlisted(path / CHECKSUMS, audited, others)
    try:
        stored = pq.read_table(path / "dataset.parquet", columns=["name"])
        named = stored["name"].to_pylist()
    except (OSError, pa.ArrowException):  # which its checksum will say
        named = [name]
    if named and named != [name]:
        wrong.insert(
            0,
            f"{path}: is the dataset {named[0]!r} under another name, copied or renamed"
            " by hand: give it its name again",
        )
    _compare(
        lists,
        wrong,
        f"ingest {name} again; what only the audit wrote: carbonshed audit {name};"
        " what is yours, move away",
    )


@check.command("publication", cls=OfDataset)
def check_publication(name: _Name) -> None:
    """Read every published file again and compare it with its checksum."""
    from carbonshed.ask.query import open_published
    from carbonshed.publish.editions import (
        PREVIOUS,
        files_of_edition,
        published_editions,
    )
    from carbonshed.publish.work_file import build_command

    warehouse = warehouse_dir() / f"{validate_name(name)}.duckdb"
    folders = published_editions(warehouse)
    if not folders:
        open_published(name).close()  # says why, if nothing is published
    else:
        wrong = []
        try:
            open_published(name).close()
        except CarbonshedError as refusal:
            wrong.append(str(refusal))
        for folder in folders:
            files = files_of_edition(folder, name)
            wrong += unlisted(folder / LIST, files, [LIST, PREVIOUS])
        _compare(
            [folder / LIST for folder in folders],
            wrong,
            f"publish it again: {build_command(name)}; what is yours, move away",
        )


def _compare(lists: list[Path], wrong: list[str], remedy: str) -> None:
    """Read what lists say again; refuse with that and what is wrong with them."""
    from carbonshed.ask.status import shown

    compared: list[tuple[str, int, int]] = []
    faults = list(wrong)
    with progress_line() as progress:
        for path in lists:
            files, changed = compare(path, progress)
            size = sum(file.stat().st_size for file in files if file.exists())
            compared.append((shown(path.parent), len(files), size))
            faults += changed
    if faults:
        raise CarbonshedError("\n".join([*faults, remedy]))
    for folder, number, size in compared:
        typer.echo(
            f"{folder}: {counted(number, 'file')}, {size_text(size)}: as written"
        )


@check.command("scenarios")
def check_scenarios(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file.")],
    dataset: Annotated[
        str, typer.Option(help="The dataset that the scenarios are about.")
    ],
) -> None:
    """Check a file of scenarios before a build."""
    from carbonshed.scenarios.allowed_ids import MAX_LISTED, load_vocabulary
    from carbonshed.scenarios.scenario_file import (
        load_scenarios,
        suspicious_factors,
    )
    from carbonshed.scenarios.user_file import report

    rows = load_scenarios(dataset, path)
    for remark in suspicious_factors(path, rows):
        typer.echo(remark, err=True)
    if refusals := _out_of_reach(dataset, rows):
        raise CarbonshedError(report(path, refusals, load_vocabulary(dataset)))
    names = list(dict.fromkeys(row.scenario_id for row in rows))
    typer.echo(
        f"{path}: {counted(len(names), 'scenario')}, {counted(len(rows), 'row')}: "
        f"{listing(names, MAX_LISTED, quote=True)}"
    )


def _out_of_reach(dataset: str, rows: "list[ScenarioRow]") -> list[str]:
    """Return the caps that cannot be reached, by the footprints that are published."""
    from carbonshed.whatif.evaluate import evaluate, open_session

    if all(row.kind != "cap" for row in rows):
        return []
    try:
        session = open_session(dataset)
    except CarbonshedError:
        typer.echo(
            f"whether caps can be reached is not checked: no footprints of {dataset} "
            "are published yet; a build checks it",
            err=True,
        )
        return []
    return evaluate(session, rows, ())


def remove(
    name: Annotated[str, typer.Argument(help="Name of a dataset.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a dataset with everything made from it.

    Removes its tables, including your scenarios.csv and other files there, its
    warehouse, solved systems, publication and report, and dbt's files and logs for it.
    Refused while a build, an ingest or a publication of it runs. Readers who
    have the publication open can go on reading it.
    """
    from carbonshed.ask.status import shown, unknown

    paths = {
        path: size_text(_size(path))
        for path in paths_of(validate_name(name))
        if os.path.lexists(path)
    }
    if not paths:
        raise CarbonshedError(unknown(name))
    if yours := _files_of_a_user(name):
        paths[data_dir() / name] += f", with your {listing(yours, _MAX_FILES)}"
    with _out_of_use(name):
        pass  # before it is asked about
    if not yes:
        for path, size in paths.items():
            typer.echo(f"{shown(path)} ({size})", err=True)
        if not sys.stdin.isatty():
            raise CarbonshedError(
                "nothing is removed without a yes; there is no terminal to ask on:"
                f" carbonshed remove {name} --yes"
            )
        typer.confirm(f"remove {name}, all of this?", abort=True, err=True)
    with _out_of_use(name):
        for path, size in paths.items():
            remove_path(path)
            typer.echo(f"removed: {shown(path)} ({size})")


def _files_of_a_user(name: str) -> list[str]:
    """Return the names of what no command has written into the folder of a dataset."""
    from carbonshed.audit.run import CHECKSUMS, REPORT_FILE
    from carbonshed.dataset.contract import DESCRIPTOR_FILE, SALES_FILE, STORED_TABLES

    ours = {f"{table}.parquet" for table in STORED_TABLES}
    ours |= {DESCRIPTOR_FILE, LIST, CHECKSUMS, REPORT_FILE, SALES_FILE}
    folder = data_dir() / name
    names = {file.name for file in folder.glob("*")} - ours
    return sorted(name for name in names if UNFINISHED not in name)


def paths_of(name: str) -> list[Path]:
    """Return the paths of all that belongs to a dataset, there or not.

    The publication comes first and the dataset last, so that a removal that was
    interrupted can be repeated, and nobody reads what is half there.
    """
    from carbonshed.publish.editions import PUBLISHED

    shelf = warehouse_dir() / PUBLISHED
    parsed = project_root() / "target"
    targets = [parsed / name, *parsed.glob(f"{name}-{'[0-9A-F]' * 8}")]  # of its vars
    log = project_root() / "logs" / name
    report = project_root() / "reports" / name
    return [
        shelf / f"{name}.duckdb",
        shelf / f"{name}.previous.duckdb",
        shelf / name,
        shelf / f".{name}",
        warehouse_dir() / f"{name}.duckdb",
        warehouse_dir() / f"{name}.duckdb.wal",
        solved_dir() / name,
        *([report] if _is_report(report) else []),
        # dbt's own folders may be called so
        *(path for path in targets if any((path / file).is_file() for file in _OF_DBT)),
        *([log] if (log / "dbt.log").is_file() else []),
        *sorted(data_dir().glob(f".{name}.p*")),  # .partial-PID, .previous
        data_dir() / name,
    ]


# a run that was cut off has written one of them at least
_OF_DBT = ("manifest.json", "partial_parse.msgpack", "graph_summary.json")


def _is_report(folder: Path) -> bool:
    from carbonshed.report.folder import MARKER

    return not folder.exists() or (folder / MARKER).is_file()


@contextmanager
def _out_of_use(name: str) -> Iterator[None]:
    """Keep others from writing what belongs to a dataset."""
    import duckdb

    from carbonshed.dataset.lock import sole_use
    from carbonshed.publish.editions import PUBLISHED
    from carbonshed.publish.work_file import WorkFileLockedError, read_work_file

    warehouse = warehouse_dir() / f"{name}.duckdb"
    locks = {
        warehouse_dir() / PUBLISHED / f".{name}" / "lock": "it is being published",
        project_root() / "reports" / f".{name}.lock": "its report is being written",
    }
    with ExitStack() as held:
        held.enter_context(sole_use(name))
        for path, why in locks.items():
            if not path.parent.is_dir():
                continue
            lock = FileLock(path)
            try:
                lock.acquire()
            except LockHeldError as holder:
                msg = f"{name} is in use: {why} by {holder}; wait for it"
                raise CarbonshedError(msg) from None
            held.callback(lock.release)
        try:
            if warehouse.is_file() and read_work_file(warehouse).is_foreign:
                raise CarbonshedError(
                    f"{warehouse} is no warehouse that Carbonshed has built: move it"
                    " away first"
                )
        except WorkFileLockedError:
            raise CarbonshedError(
                f"{name} is in use: a build runs, or a client has {warehouse} open;"
                " wait for it, or close it"
            ) from None
        except duckdb.Error:  # a damaged one may go
            pass
        yield


def remove_path(path: Path) -> None:
    """Remove a file, a link or a folder, there or not; refuse what stays."""
    try:
        if path.is_dir() and not path.is_symlink():
            remove_folder(path)
        else:
            path.unlink(missing_ok=True)
        is_left = os.path.lexists(path)
        why = "something in it is not ours to remove"
    except OSError as error:
        is_left, why = True, error.strerror or str(error)
    if is_left:
        raise CarbonshedError(
            f"{path}: cannot be removed: {why}; what comes after it"
            " in the list is still there"
        )


def _size(path: Path) -> int:
    """Return the size of a path in bytes; a link counts as itself."""
    paths = [path, *path.rglob("*")] if path.is_dir() else [path]
    return sum(
        path.lstat().st_size for path in paths if path.is_symlink() or path.is_file()
    )
