"""Render the metrics of the semantic layer as one Markdown page."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

HEAD = """\
# The metrics

What `mf query --metrics NAME` answers. Written from `semantic/` by `make docs`; do not
edit it by hand. [Metrics](../metrics.md) says how to ask. An answer is empty if it
mixes several values of what the last column names.

| metric | what it is, unit | meaning | empty for several |
|---|---|---|---|
"""
# what the expression of a metric counts before it adds up
COUNTED = re.compile(r"\b[a-z]+_(\w+) = 1\b")


def render(manifest: dict[str, Any]) -> str:
    """Return the page."""
    return HEAD + "\n".join(_rows(manifest["metrics"].values())) + "\n"


def _rows(metrics: Collection[Any]) -> Iterator[str]:
    by_name = {metric["name"]: metric for metric in metrics}
    for name, metric in sorted(by_name.items()):
        # a simple metric is a part of others
        if metric["type"] != "simple":
            counted = [text.replace("_", " ") for text in _counted(metric, by_name)]
            meaning = " ".join(metric["description"].split())
            label = metric["label"]
            yield f"| `{name}` | {label} | {meaning} | {', '.join(counted)} |"


def _counted(metric: Any, by_name: Mapping[str, Any]) -> dict[str, None]:
    """Return what a metric, or one that it is made of, counts before it adds up."""
    made_of = [by_name[each["name"]] for each in metric["type_params"]["metrics"] or ()]
    own = COUNTED.findall(metric["type_params"].get("expr") or "")
    return dict.fromkeys(own) | {
        text: None for each in made_of for text in _counted(each, by_name)
    }
