"""The command ``carbonshed build``: names are checked, then dbt builds."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

_TARGET, _LOG = "DBT_TARGET_PATH", "DBT_LOG_PATH"


def build(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A dataset; else that of CARBONSHED_DATASET, else the default one."
        ),
    ] = None,
    flags: Annotated[
        list[str] | None,
        typer.Argument(help="After --: flags of dbt build, as --select headlines."),
    ] = None,
    variables: Annotated[
        str, typer.Option("--vars", help="Vars as dbt takes them: 'solver: direct'.")
    ] = "",
) -> None:
    """Build a dataset by dbt build, after its names are checked.

    A dataset, var or choice that there is not is refused at once, not after dbt has
    read the project. Each dataset but the default one has a folder of its own in
    target/ and logs/.
    """
    from carbonshed.dbt_plugin.preflight import preflight
    from carbonshed.dbt_plugin.vars import DATASET_VARIABLE, DEFAULT_DATASET
    from carbonshed.errors import CarbonshedError
    from carbonshed.paths import project_root
    from carbonshed.progress import print_progress

    extra = list(flags or [])
    if name is not None and name.startswith("-"):  # there was no name before --
        extra.insert(0, name)
        name = None
    if any(flag.partition("=")[0] == "--vars" for flag in extra):
        raise CarbonshedError("--vars stands before --: its names are checked")
    choices = _parsed(variables)
    choices["dataset"] = _one_name(name, choices.get("dataset"))
    os.chdir(project_root())  # as dbt does: paths in vars are as seen from there
    chosen = {
        str(var): None if value is None else str(value)
        for var, value in choices.items()
    }
    preflight(choices["dataset"], chosen)
    print_progress()
    is_plain = (
        choices == {"dataset": DEFAULT_DATASET} and DATASET_VARIABLE not in os.environ
    )
    words = [] if is_plain else ["--vars", _words(choices)]
    command = ["dbt", "build", *words, *extra]
    typer.echo(shlex.join(command), err=True)
    run_dbt(command, choices["dataset"])


def _parsed(variables: str) -> dict[str, Any]:
    """Return vars as dbt reads them."""
    import yaml

    from carbonshed.errors import CarbonshedError
    from carbonshed.text import first_line

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


def _one_name(argument: str | None, var: object) -> str:
    """Return the dataset, which may be named in two ways, by both of them the same."""
    from carbonshed.dbt_plugin.vars import dataset_of
    from carbonshed.errors import CarbonshedError

    if argument is not None and var is not None and argument != str(var):
        raise CarbonshedError(
            f"two datasets are named: {argument}, and {var} by the var dataset"
        )
    return str(argument or var or dataset_of({}))


def _words(choices: dict[str, Any]) -> str:
    """Return vars in one line of YAML."""
    import json

    if list(choices) == ["dataset"]:
        return f"dataset: {choices['dataset']}"
    return json.dumps(choices, ensure_ascii=False)


def _folders(name: str) -> dict[str, str]:
    """Return where dbt keeps what it has parsed and its log, if nobody has said."""
    folders = {_TARGET: f"target/{name}", _LOG: f"logs/{name}"}
    return {key: folder for key, folder in folders.items() if key not in os.environ}


def run_dbt(command: list[str], name: str) -> None:
    """Become dbt, on a dataset: signals and the exit code are its own.

    Each dataset but the default one has a folder of its own in target/ and logs/.
    """
    from carbonshed.dbt_plugin.vars import DEFAULT_DATASET
    from carbonshed.errors import CarbonshedError
    from carbonshed.paths import project_root

    os.chdir(project_root())
    environment = {} if name == DEFAULT_DATASET else _folders(name)
    program = Path(sys.executable).with_name(command[0])
    if not program.is_file():
        raise CarbonshedError(
            f"{program} is not there: install dbt-core in the environment of carbonshed"
        )
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(program, command, os.environ | environment)
