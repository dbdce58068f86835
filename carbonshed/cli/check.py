"""The commands ``carbonshed check``: of scenarios and of stored files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from carbonshed.scenarios.reader import ScenarioRow


check = typer.Typer(
    help="Check a file of scenarios before a build, or stored files by their checksums."
    " Exit code 1 if anything is refused, missing or not what was written.",
    no_args_is_help=True,
)
_Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the dataset.")]


@check.command("dataset")
def check_dataset(name: _Name) -> None:
    """Read every file of a dataset again and compare it with its checksum."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from carbonshed.audit.run import CHECKSUMS, REPORT_FILE, files_of_audit
    from carbonshed.checksums import LIST, unlisted
    from carbonshed.dataset import open_dataset
    from carbonshed.dataset.contract import DESCRIPTOR_FILE, SALES_FILE, STORED_TABLES
    from carbonshed.paths import kept_scenarios

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


@check.command("publication")
def check_publication(name: _Name) -> None:
    """Read every published file again and compare it with its checksum."""
    from carbonshed.ask.query import open_published
    from carbonshed.checksums import LIST, unlisted
    from carbonshed.errors import CarbonshedError
    from carbonshed.names import validate_name
    from carbonshed.paths import warehouse_dir
    from carbonshed.publish.editions import files_of_edition, published_editions
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
            wrong += unlisted(folder / LIST, files, [LIST])
        _compare(
            [folder / LIST for folder in folders],
            wrong,
            f"publish it again: {build_command(name)}; what is yours, move away",
        )


def _compare(lists: list[Path], wrong: list[str], remedy: str) -> None:
    """Read what lists say again; refuse with that and what is wrong with them."""
    from carbonshed.ask.status import shown
    from carbonshed.checksums import compare
    from carbonshed.cli.console import progress_line
    from carbonshed.errors import CarbonshedError
    from carbonshed.text import counted, size_text

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
    from carbonshed.errors import CarbonshedError
    from carbonshed.scenarios.reader import (
        load_scenarios,
        report,
        suspicious_factors,
    )
    from carbonshed.scenarios.vocabulary import MAX_LISTED, load_vocabulary
    from carbonshed.text import counted, listing

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
    from carbonshed.errors import CarbonshedError
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
