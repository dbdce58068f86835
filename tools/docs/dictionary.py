"""Render the marts of a dbt manifest as one Markdown page."""

from collections.abc import Iterator
from typing import Any

HEAD = """\
# Data dictionary

Every public table of the warehouse, schema `marts`. Written from the models' yml by
`make docs`; do not edit it by hand. The first sentence of a table is its grain.
`currency` is that of the dataset, in single units (table `dataset`). Columns that are
described in an earlier table are named with it, above the others.
"""

FOLDERS = {
    "dimensions": "Labels",
    "accounts": "Accounts",
    "inequality": "Inequality",
    "leakage": "Emissions embodied in trade",
    "policy": "Policy",
    "changes": "Change between years",
    "supply": "Supply chains",
    "linkages": "Linkages and extraction",
    "prices": "Prices on emissions",
    "uncertainty": "Uncertainty",
    "quality": "Quality",
}


def render(manifest: dict[str, Any]) -> str:
    """Return the page for a parsed ``manifest.json``.

    Parameters
    ----------
    manifest : dict
        As dbt writes it to ``target/manifest.json``.

    Returns
    -------
    str
        Markdown; the same manifest gives the same page.

    Raises
    ------
    ValueError
        If marts are in a folder without a title in `FOLDERS`.
    """
    marts = _marts(manifest)
    if untitled := {mart["fqn"][2] for mart in marts} - FOLDERS.keys():
        folders = ", ".join(f"models/marts/{folder}" for folder in sorted(untitled))
        raise ValueError(f"{folders}: add a title to FOLDERS in {__name__}")
    return "\n".join([HEAD, *_sections(marts)]).rstrip() + "\n"


def _marts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    ]


def _sections(marts: list[dict[str, Any]]) -> Iterator[str]:
    shown: dict[str, str] = {}  # the mart in which a row of a table stands
    for folder, title in FOLDERS.items():
        inside = [mart for mart in marts if mart["fqn"][2] == folder]
        if inside:
            yield f"## {title}\n"
        for mart in sorted(inside, key=lambda mart: mart["name"]):
            yield from _table(mart, shown)


def _table(mart: dict[str, Any], shown: dict[str, str]) -> Iterator[str]:
    rows = {name: _row(column) for name, column in mart["columns"].items()}
    repeated: dict[str, list[str]] = {}
    for name, row in rows.items():
        if row in shown:
            repeated.setdefault(shown[row], []).append(f"`{name}`")
    yield f"### `{mart['name']}`\n"
    yield _one_line(mart["description"]) + "\n"
    if repeated:
        yield (
            _one_line(
                "; ".join(
                    f"{', '.join(names)} as in `{other}`"
                    for other, names in repeated.items()
                )
            )
            + ".\n"
        )
    yield "| column | type | unit | description | formula | source |"
    yield "|---|---|---|---|---|---|"
    yield from (row for row in rows.values() if row not in shown)
    yield ""
    shown.update((row, mart["name"]) for row in rows.values() if row not in shown)


def _row(column: dict[str, Any]) -> str:
    meta = column.get("config", {}).get("meta") or column.get("meta") or {}
    cells = (
        f"`{column['name']}`",
        column.get("data_type") or "",
        meta.get("unit", ""),
        column["description"],
        meta.get("formula", ""),
        meta.get("source", ""),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _one_line(text: str) -> str:
    return " ".join(str(text).split())


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")
