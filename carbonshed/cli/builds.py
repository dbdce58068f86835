"""The commands that build, publish and report."""

import json
import os
import resource
import shlex
import sys
from dataclasses import replace
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carbonshed.cli.output import progress_bar, progress_line
from carbonshed.errors import CarbonshedError
from carbonshed.names import (
    DEFAULT_NAME,
    MADE_NAMES,
    is_name,
    no_dataset,
    validate_name,
)
from carbonshed.paths import (
    data_dir,
    install_command,
    project_remark,
    project_root,
    warehouse_dir,
)
from carbonshed.progress import print_note, print_progress
from carbonshed.text import first_line, listing, size_text, suggestion

if TYPE_CHECKING:
    from carbonshed.dbt_plugin.vars import Texts

_TARGET, _LOG = "DBT_TARGET_PATH", "DBT_LOG_PATH"
_WRITE = "DBT_WRITE_JSON"  # a manifest, of which no command here reads anything: 2 s
# draws the charts; the rest of the program does without
_NEEDED = "vl_convert"
_PACKAGE = "vl-convert-python"
# its JavaScript engine reserves it at once, and aborts the process where it may not
_ADDRESS_SPACE = 72 << 30

_Built = Annotated[str, typer.Argument(help="Name of a built dataset.")]


def build(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]... [-- FLAGS]",
            help="Datasets to build, one after the other; default: the one in"
            " CARBONSHED_DATASET, else usa_states. After --: flags of dbt build, such"
            " as --select headlines.",
        ),
    ] = None,
    variables: Annotated[
        str, typer.Option("--vars", help="Vars, written as for dbt: 'solver: direct'.")
    ] = "",
) -> None:
    """Build datasets with dbt build, after checking names.

    A misspelt dataset, var or choice is refused at once, before dbt reads the
    project. Without flags, only what has changed since the last build is built,
    with all that depends on it; with flags, what they select, and with
    --full-refresh everything. Each dataset has its own log, logs/NAME/dbt.log,
    and its own folder in target/, one for each set of vars.
    """
    from carbonshed.dbt_plugin.vars import (
        DATASET_VARIABLE,
        check_variables,
        of_carbonshed,
        texts_of,
    )

    names, flags = _parted(words or [])
    if any(flag.partition("=")[0] == "--vars" for flag in flags):
        raise CarbonshedError("--vars stands before --: its names are checked")
    choices = _parsed(variables)
    names = _all_names(names, choices.pop("dataset", None))
    os.chdir(project_root())  # as dbt does: paths in vars are as seen from there
    if remark := project_remark():
        raise CarbonshedError(remark)
    for name in names:
        _refuse_missing(name)
    given = texts_of(choices)
    check_variables(of_carbonshed(given))
    for number, name in enumerate(names, start=1):
        if names[1:]:
            typer.echo(f"{number} of {len(names)}: {name}", err=True)
        is_plain = (
            not choices and name == DEFAULT_NAME and DATASET_VARIABLE not in os.environ
        )
        command = ["dbt", "build"]
        if not is_plain:
            command += ["--vars", _words(choices | {"dataset": name})]
        _build(texts_of(choices | {"dataset": name}), command, flags)


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the names before the first flag, and the flags."""
    first = next((n for n, word in enumerate(words) if word.startswith("-")), None)
    return words[:first], [] if first is None else words[first:]


def _build(given: "Texts", command: list[str], flags: list[str]) -> None:
    """Run dbt unless nothing has changed; nobody else changes the dataset."""
    # these load what takes longer than a check of names
    from carbonshed.dataset.lock import sole_use
    from carbonshed.dbt_plugin.inputs import inputs_of, starting_on
    from carbonshed.dbt_plugin.preflight import preflight
    from carbonshed.dbt_plugin.rebuild import rebuild_of
    from carbonshed.dbt_plugin.vars import of_carbonshed

    command += flags
    name = given["dataset"]
    with sole_use(name):
        preflight(name, of_carbonshed(given))
        print_progress()
        inputs = inputs_of(name, given)
        if not flags:
            rebuild = rebuild_of(name, inputs)
            if rebuild.built_at:
                typer.echo(
                    f"{name}: nothing has changed since it was built, tested and"
                    f" published at {rebuild.built_at} UTC; to build it anyway:"
                    f" {shlex.join(command)}",
                    err=True,
                )
                return
            if rebuild.is_left_to_publish:
                publish(name)
                return
            if rebuild.reason:
                typer.echo(f"{name}: {rebuild.reason}", err=True)
            if rebuild.words is not None:
                command += rebuild.words
                inputs = replace(inputs, changed=rebuild.changed)
        typer.echo(shlex.join(command), err=True)
        with starting_on(inputs):
            run_dbt(command, name)


def _parsed(variables: str) -> dict[str, Any]:
    """Return vars as dbt reads them."""
    import yaml

    try:
        parsed = yaml.safe_load(variables) or {}
    except yaml.YAMLError as error:
        reason = first_line(error)
        raise CarbonshedError(f"--vars {variables!r} is not YAML: {reason}") from None
    if not isinstance(parsed, dict):
        raise CarbonshedError(
            f"--vars {variables!r}: expected names with values, as 'solver: direct' or"
            " '{solver: direct, memory_gb: 8}'"
        )
    return parsed


def _all_names(names: list[str], var: object) -> list[str]:
    """Return the datasets, which may be named in two ways, by both of them the same."""
    from carbonshed.dbt_plugin.vars import dataset_of

    if names and var is not None and names != [str(var)]:
        raise CarbonshedError(
            f"datasets are named twice: {listing(names)}, but {var} by the var dataset;"
            " leave one of them out"
        )
    return [*dict.fromkeys(names)] or [str(var or dataset_of({}))]


def _refuse_missing(name: str) -> None:
    """Refuse a name of which there is neither a dataset nor part of one."""
    folder = data_dir()
    here = sorted(
        path.name for path in folder.glob("*") if path.is_dir() and is_name(path.name)
    )
    try:
        validate_name(name)
    except CarbonshedError as refusal:
        near = suggestion(name, {*here, *MADE_NAMES})
        raise CarbonshedError(f"{refusal}{near}") from None
    # a killed ingest may have left .NAME.previous, which comes back
    if name in {*MADE_NAMES, *here} or any(folder.glob(f".{name}.p*")):
        return
    raise CarbonshedError(no_dataset(name, here, folder))


def _words(choices: dict[str, Any]) -> str:
    """Return vars in one line of YAML."""
    if list(choices) == ["dataset"]:
        return f"dataset: {choices['dataset']}"
    return json.dumps(choices, ensure_ascii=False)


def run_dbt(command: list[str], name: str) -> None:
    """Run dbt on a dataset that is in sole use; what fails ends the program.

    Each dataset has a log of its own in logs/, and each set of vars a folder in
    target/, where dbt keeps what it has parsed with them.
    """
    from carbonshed.dataset.lock import sole_use

    os.chdir(project_root())
    environment = _target(command, name) | {_LOG: f"logs/{name}", _WRITE: "false"}
    environment |= {key: os.environ[key] for key in environment if key in os.environ}
    if not find_spec("dbt.cli"):
        raise CarbonshedError(
            f"dbt is not there: install dbt-core in the environment of {sys.executable}"
        )
    log = f"{environment[_LOG]}/dbt.log"
    print_note(f"dbt reads the project, 10 s if anything has changed; log: {log}")
    from carbonshed.dbt_plugin.reading import run

    with sole_use(name):
        if code := run(command[1:], environment):
            raise typer.Exit(code)


def _target(command: list[str], name: str) -> dict[str, str]:
    """Return the folder for what dbt parses with the vars of a command, as a variable.

    Without any it is that of a plain `dbt build`.
    """
    if "--vars" not in command:
        return {}
    choices = _parsed(command[command.index("--vars") + 1])
    others = {key: value for key, value in choices.items() if key != "dataset"}
    return {_TARGET: f"target/{name}{_of_vars(others)}"}


def _of_vars(choices: dict[str, Any]) -> str:
    """Return an ending that no name has, for vars beside the dataset."""
    if not choices:
        return ""
    text = json.dumps(choices, sort_keys=True, default=str)
    return f"-{sha256(text.encode()).hexdigest()[:8].upper()}"


def publish(
    name: Annotated[
        str, typer.Argument(help="Name of a built dataset.")
    ] = DEFAULT_NAME,
) -> None:
    """Publish a warehouse; first build and test what has not passed.

    A whole dbt build that passes publishes by itself.
    """
    from carbonshed.ask.status import shown
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


def report(
    name: Annotated[
        str, typer.Argument(help="Name of a built dataset.")
    ] = DEFAULT_NAME,
    out: Annotated[
        Path | None,
        typer.Option(help="A folder of its own.", show_default="reports/NAME"),
    ] = None,
    no_pictures: Annotated[
        bool,
        typer.Option("--no-pictures", help="Words, tables and data, without charts."),
    ] = False,
    site: Annotated[
        str | None,
        typer.Option(
            help="Address of the folder where the report will stand: pages can be"
            " found, sent with a picture, and their charts shown on other pages."
        ),
    ] = None,
) -> None:
    """Write a report to look at in a browser: pages, charts and their data."""
    if not find_spec(_NEEDED):
        raise CarbonshedError(f"a report needs {_PACKAGE}: {install_command('report')}")
    if not no_pictures:
        _refuse_little_address_space()
    from carbonshed.ask.status import status_of
    from carbonshed.report.glyphs import note_on_letters
    from carbonshed.report.queries import open_marts, shown_names
    from carbonshed.report.site import write_report

    folder = out or project_root() / "reports" / validate_name(name)
    with open_marts(name) as connection, progress_bar() as progress:
        draws = not no_pictures
        first = write_report(connection, folder, progress, draws, draws, site)
        remarks = [note_on_letters(shown_names(connection))] if draws else []
    for remark in [*status_of(name).remarks(), *filter(None, remarks)]:
        typer.echo(f"note: {remark}", err=True)
    typer.echo(f"{first}\nopen it in a browser; it needs no server and no network")


def _refuse_little_address_space() -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _ADDRESS_SPACE:
        raise CarbonshedError(
            f"the address space of this process is limited to {size_text(limit)}"
            f" (ulimit -v); what draws the charts reserves {size_text(_ADDRESS_SPACE)},"
            " of which it uses little. Limit memory in another way, or make the report"
            " with --no-pictures: words, tables and data without charts"
        )
