"""What hooks hand over of dbt's ``graph`` and ``results``, as rows."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from carbonshed.dbt_plugin.vars import Texts

Row = dict[str, Any]

SOLVES = "model.carbonshed.solves"
_NOTED = ("model", "seed", "snapshot", "test")
_STRICTNESS = ("severity", "error_if", "fail_calc", "where", "limit")
# whose columns tell the rows of a mart apart, and whose rows name a `problem`
_KEY_TEST = "one_row_per_combination"


def side_by_side(lists: Mapping[str, Sequence[Any]]) -> list[Row]:
    """Return lists side by side as rows; None where an object had no such field."""
    return [
        {
            name: None if value == "" else value
            for name, value in zip(lists, values, strict=True)
        }
        for values in zip(*lists.values(), strict=True)
    ]


def nodes_of(graph: Iterable[Row], database: str, texts: Texts) -> list[Row]:
    """Return the models, seeds, snapshots and tests that run in a database.

    `graph` has tests that a var leaves out, too. A `fingerprint` is another one after a
    change of a node's file, or of a var of `texts` that its code quotes; `dataset` is
    noted apart.
    """
    nodes = []
    for row in graph:
        if row["kind"] not in _NOTED or not row["is_enabled"]:
            continue
        code = row["raw_code"] or ""
        reads = {
            name: text
            for name, text in sorted(texts.items())
            if name != "dataset" and (f"'{name}'" in code or f'"{name}"' in code)
        }
        # a snapshot is a history: neither published nor dropped
        is_relation = row["kind"] in ("model", "seed") and row["database"] == database
        is_key = row["test"] == _KEY_TEST
        strictness = {name: row[name] for name in _STRICTNESS}
        strictness["severity"] = (row["severity"] or "").lower()
        columns = {
            about["name"]: {
                "description": about["description"] or "",
                "unit": (about["config"]["meta"] or about["meta"]).get("unit"),
            }
            for about in (row["columns"] or {}).values()
        }
        nodes.append(
            row
            | {
                "fingerprint": f"{row['checksum'] or ''} {json.dumps(reads)}",
                "parents": row["parents"] or [],
                "relation": f"{row['schema']}.{row['alias']}" if is_relation else None,
                "key_of": row["tested"] if is_key else None,
                "key": row["key"] if is_key else None,
                "is_contract": bool(row["is_contract"]),
                "description": row["description"] or "",
                "columns": columns,
                "strictness": strictness if row["kind"] == "test" else None,
            }
        )
    return nodes


def message_of(result: Row, query: Callable[[str], Iterable[Row]]) -> str:
    """Return the message of a result, with what a failed test says is wrong."""
    message = result["message"] or ""
    if result["test"] == _KEY_TEST and result["status"] == "fail":
        found = dict.fromkeys(row["problem"] for row in query(result["code"]))
        message += f": {', '.join(found)}"
    return message
