"""Seconds of the stages of a build, from the records of dbt."""

import json
from pathlib import Path
from typing import Any

AFTER_THE_SOLVE = "solves"
PUBLISHING = "on-run-end"


def nodes(root: Path) -> dict[str, tuple[str, float]]:
    """Return stage and seconds of every node of the last run.

    The stage `marts` has the nodes after the solve and the schema marts; `stage` has
    all others.
    """
    target = root / "target"
    results = json.loads((target / "run_results.json").read_text("utf-8"))["results"]
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    after = _descendants(manifest["child_map"])
    return {
        result["unique_id"]: (
            _stage(result["unique_id"], manifest["nodes"], after),
            result["execution_time"],
        )
        for result in results
    }


def of_build(measured: dict[str, tuple[str, float]], wall: float) -> dict[str, float]:
    """Return seconds by stage; two nodes at a time may add up to more than the wall."""
    seconds = dict.fromkeys(("stage", "solve", "marts", "tests", "publish"), 0.0)
    for stage, node_seconds in measured.values():
        seconds[stage] += node_seconds
    return seconds | {"all": wall}


def _stage(node: str, models: dict[str, Any], after: set[str]) -> str:
    kind = node.split(".", maxsplit=1)[0]
    if kind == "operation":
        return "publish" if PUBLISHING in node else "stage"
    if kind == "test":
        return "tests"
    if kind == "model" and models[node]["schema"] == "solved":
        return "solve"
    return (
        "marts"
        if node in after or models.get(node, {}).get("schema") == "marts"
        else "stage"
    )


def _descendants(children: dict[str, list[str]]) -> set[str]:
    queue = [f"model.carbonshed.{AFTER_THE_SOLVE}"]
    descendants: set[str] = set()
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in descendants:
                descendants.add(child)
                queue.append(child)
    return descendants
