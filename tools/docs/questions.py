"""Render the ready questions as one Markdown page."""

from collections.abc import Iterator
from typing import Any

HEAD = """\
# The ready questions

What `carbonshed ask NAME` answers. Written from `analyses/` by `make docs`; do not edit
it by hand. [Ready questions](../questions.md) says how to ask.
"""
TABLES = (("", False), ("With `--region`:\n\n", True))


def render(manifest: dict[str, Any]) -> str:
    """Return the page."""
    nodes = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "analysis" and "?" in node["description"]
    ]
    nodes.sort(key=lambda node: node["name"])
    return HEAD + "".join(
        f"\n{title}| name | question |\n|---|---|\n" + "".join(_rows(nodes, of_one))
        for title, of_one in TABLES
    )


def _rows(nodes: list[dict[str, Any]], of_one: bool) -> Iterator[str]:
    for node in nodes:
        if ("'region_id'" in node["raw_code"]) == of_one:
            question, mark, _ = node["description"].partition("?")
            yield f"| `{node['name']}` | {question}{mark} |\n"
