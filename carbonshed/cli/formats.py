"""The command ``carbonshed formats``."""

from typing import Annotated

import typer

from carbonshed.readers.format import Format, flag_of
from carbonshed.readers.registry import FORMATS, format_of
from carbonshed.text import install_command


def formats(
    name: Annotated[
        str | None, typer.Argument(metavar="FORMAT", help="One of them, in detail.")
    ] = None,
) -> None:
    """Show which formats can be read, or what one of them needs."""
    if name is not None:
        typer.echo(details(format_of(name)))
        return
    width = max(map(len, FORMATS))
    for form in FORMATS.values():
        typer.echo(f"{form.name:<{width}}  {form.title}")
    typer.echo("\n`carbonshed formats FORMAT` shows what one of them needs")


def details(form: Format) -> str:
    """Return what a format is and what it needs, over several lines."""
    lines = [f"{form.name}: {form.title}", f"SOURCE: {form.source}"]
    if form.extra:
        lines.append(f"install: {install_command(form.extra)}")
    for title, options in (("needs", form.needs), ("takes", form.all_takes)):
        lines += _listed(title, [(flag_of(option), why) for option, why in options])
    accepted = [(f"--accept {word}", meaning) for word, meaning in form.accepts]
    lines += _listed("accepts", accepted)
    lines += ["then:", f"  {command(form)}"]
    return "\n".join(lines)


def command(form: Format) -> str:
    """Return the command that ingests a format."""
    options = "".join(f" {flag_of(option)} ..." for option, _ in form.needs)
    return f"carbonshed ingest {form.name} SOURCE --name NAME{options}"


def _listed(title: str, rows: list[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    width = max(len(word) for word, _ in rows)
    return [f"{title}:", *(f"  {word:<{width}}  {text}" for word, text in rows)]
