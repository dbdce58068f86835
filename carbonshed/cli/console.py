"""Progress and notes, which go to standard error: results alone go to the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from carbonshed.paths import data_dir, is_in_project
from carbonshed.progress import Message, step_lines


@contextmanager
def progress_line() -> Iterator[Message]:
    """Show one changing line while something takes long; lines in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        with step_lines() as steps:
            yield steps
        return
    with console.status("") as status:
        yield status.update


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Show what is being done and the share of it; lines in a pipe."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        with step_lines() as steps:
            yield steps
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda step, part: bar.update(task, description=step, completed=part)


def print_warnings(name: str) -> None:
    """Say of a new dataset that no project would find it, or that it is being built."""
    import typer

    from carbonshed.ask.status import status_of

    if status_of(name).is_running:
        typer.echo(
            f"note: a build of {name} is running, and was begun on the dataset before"
            " this one: it ends with an error or publishes nothing; build again after"
            " it",
            err=True,
        )
    if not is_in_project():
        typer.echo(
            f"note: this is not the project folder; the dataset is {data_dir() / name},"
            " and a build looks into data/ of the project",
            err=True,
        )
