"""Render the metrics of the semantic layer as one Markdown page."""

import re
from collections.abc import Iterator
from typing import Any

HEAD = """\
# The metrics

What `mf query --metrics NAME` answers. Written from `semantic/` by `make docs`; do not
edit it by hand. [Metrics](../metrics.md) says how to ask. An answer is empty if it
mixes several values of what the last column names. Where that says `figures`, nothing
can be added up: choose one region, year, stressor and, if there are several, method.

| metric | what it is, unit | meaning | empty for several |
|---|---|---|---|
"""
# what the expression of a metric counts before it adds up
COUNTED = re.compile(r"\b[a-z]+_([a-z]+) = 1\b")


def render(manifest: dict[str, Any]) -> str:
    """Return the page."""
    return HEAD + "\n".join(_rows(manifest["metrics"].values())) + "\n"


def _rows(metrics: Any) -> Iterator[str]:
    for metric in sorted(metrics, key=lambda each: each["name"]):
        # a simple metric is a part of others
        if metric["type"] != "simple":
            counted = COUNTED.findall(metric["type_params"].get("expr") or "")
            meaning = " ".join(metric["description"].split())
            yield (
                f"| `{metric['name']}` | {metric['label']} | {meaning}"
                f" | {', '.join(counted)} |"
            )
