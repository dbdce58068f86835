"""The command ``carbonshed check``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from carbonshed.scenarios.reader import ScenarioRow


def check(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="What is in the file: scenarios.")
    ],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file.")],
    dataset: Annotated[
        str, typer.Option(help="The dataset that the scenarios are about.")
    ],
) -> None:
    """Check a file of scenarios before a build; exit code 1 if it is refused."""
    from carbonshed.dbt_plugin.vars import load_scenarios, load_vocabulary
    from carbonshed.errors import CarbonshedError
    from carbonshed.scenarios.reader import report, suspicious_factors
    from carbonshed.scenarios.vocabulary import MOST_LISTED
    from carbonshed.text import listing

    if what != "scenarios":
        raise CarbonshedError(f"{what!r} cannot be checked; scenarios can")
    rows = load_scenarios(dataset, path)
    for remark in suspicious_factors(path, rows):
        typer.echo(remark, err=True)
    if refusals := _out_of_reach(dataset, rows):
        raise CarbonshedError(report(path, refusals, load_vocabulary(dataset)))
    names = list(dict.fromkeys(row.scenario_id for row in rows))
    typer.echo(
        f"{path}: {_counted(len(names), 'scenario')}, {_counted(len(rows), 'row')}: "
        f"{listing(names, MOST_LISTED, quote=True)}"
    )


def _out_of_reach(dataset: str, rows: "list[ScenarioRow]") -> list[str]:
    """Return the caps that cannot be reached, by the footprints that are published."""
    from carbonshed.errors import CarbonshedError
    from carbonshed.whatif.evaluate import evaluate, open_laboratory

    if all(row.kind != "cap" for row in rows):
        return []
    try:
        laboratory = open_laboratory(dataset)
    except CarbonshedError:
        typer.echo(
            f"whether caps can be reached is not checked: no footprints of {dataset} "
            "are published yet; a build checks it",
            err=True,
        )
        return []
    return evaluate(laboratory, rows, ())


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
