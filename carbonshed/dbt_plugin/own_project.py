"""Carbonshed as a package of another dbt project: what is refused, and what gates.

Whatever that project's files say above its own name reaches the models of its packages
too, and its models come first where two have the same name.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.paths import OWN_NAME, warehouse_dir
from carbonshed.text import listing

Row = Mapping[str, Any]

_MARTS = "models/marts/"
_NO_TABLE = ("view", "ephemeral", "external")
_MAX_NAMES = 3
# a test as Carbonshed means it: any row that it returns is a failure
_STRICT = {
    "severity": "error",
    "error_if": "!= 0",
    "fail_calc": "count(*)",
    "where": None,
    "limit": None,
}


def refuse_another_file(warehouse: Path, name: str) -> None:
    """Refuse a profile that opens another file than that of the dataset."""
    expected = warehouse_dir() / f"{name}.duckdb"
    if os.path.realpath(warehouse) != os.path.realpath(expected):
        raise CarbonshedError(
            f"the profile opens {warehouse}, but dataset {name} belongs into"
            f" {expected.parent.name}/{expected.name}: keep `path:` of profiles.yml as"
            " Carbonshed has it, and name the dataset by --vars or CARBONSHED_DATASET;"
            " a var `dataset` in dbt_project.yml does not reach the profile"
        )


def refuse_settings(project: str, nodes: Sequence[Row]) -> None:
    """Refuse what a project does to the models and tests of its package Carbonshed.

    `nodes` are the models, seeds, snapshots and tests that `macros/begin_run.sql`
    tells of.

    Raises
    ------
    CarbonshedError
        If one of Carbonshed reads a model or seed of another package, a table would be
        overwritten, a mart is not what is published, or a test would let bad rows pass
        or is missing.
    """
    if project != OWN_NAME:
        problems = [
            *_foreign_parents(nodes),
            *_taken_tables(nodes),
            *_changed_marts(project, nodes),
            *_lenient_tests(project, nodes),
        ]
        if problems:
            raise CarbonshedError("\n".join(problems))


def gating(nodes: Sequence[Row]) -> list[Row]:
    """Return the nodes that must have passed before anything is published.

    Those are Carbonshed's; the project's own tables in the schema of marts, with all
    that they are made of; and the tests of any of these. A test of no model in
    particular gates if it reads nothing else.
    """
    by_id = {row["node"]: row for row in nodes}
    left = [row["node"] for row in nodes if _is_ours(row) or _is_own_mart(row)]
    gates: set[str] = set()
    while left:
        node = left.pop()
        if node in by_id and node not in gates:
            gates.add(node)
            left += by_id[node]["parents"]
    for row in nodes:
        if row["strictness"] and _is_tested(row, gates):
            gates.add(row["node"])
    return [
        _without_ephemeral(row, by_id)
        for row in nodes
        if row["node"] in gates and row["materialized"] != "ephemeral"
    ]


def _is_tested(test: Row, gates: set[str]) -> bool:
    """Return whether a test is one of nodes that gate."""
    if test["tested"]:
        return test["tested"] in gates
    return bool(test["parents"]) and gates.issuperset(test["parents"])


def _without_ephemeral(row: Row, by_id: Mapping[str, Row]) -> Row:
    """Return a node with what its ephemeral parents read: they are part of its SQL."""
    parents: list[str] = []
    fingerprint = row["fingerprint"]
    for parent in row["parents"]:
        if by_id.get(parent, {}).get("materialized") == "ephemeral":
            inner = _without_ephemeral(by_id[parent], by_id)
            parents += inner["parents"]
            fingerprint += f" {inner['fingerprint']}"
        else:
            parents.append(parent)
    return {**row, "parents": parents, "fingerprint": fingerprint}


def _foreign_parents(nodes: Sequence[Row]) -> Iterator[str]:
    """Refuse models and seeds of a project that take the place of Carbonshed's."""
    by_id = {row["node"]: row for row in nodes}
    readers: dict[str, list[str]] = {}
    for row in filter(_is_ours, nodes):
        for parent in row["parents"]:
            if _package(parent) != OWN_NAME:
                readers.setdefault(parent, []).append(_name(row))
    for parent, names in readers.items():
        kind, package, name, *_ = parent.split(".")
        where = by_id[parent]["path"] if parent in by_id else package
        yield (
            f"{where}: the {kind} {name} of {package} takes the place of Carbonshed's"
            f" in {listing(names, _MAX_NAMES)}: set"
            " `require_ref_searches_node_package_before_root: true` under `flags:` of"
            f" dbt_project.yml, or rename your {kind}"
        )


def _taken_tables(nodes: Sequence[Row]) -> Iterator[str]:
    """Refuse tables with a name of Carbonshed's; to DuckDB case is no difference."""
    taken = {"marts.publication"}  # is made when the marts are published
    taken |= {_relation(row) for row in filter(_is_ours, nodes)} - {""}
    for row in nodes:
        if not _is_ours(row) and _relation(row) in taken:
            yield (
                f"{row['path']}: makes the table {row['relation']}, which is"
                " Carbonshed's: give it another name"
            )


def _changed_marts(project: str, nodes: Sequence[Row]) -> Iterator[str]:
    """Refuse marts that are not what is published."""
    changed = [
        row
        for row in filter(_is_mart, nodes)
        if (row["relation"], row["materialized"], row["is_contract"])
        != (f"marts.{_name(row)}", "table", True)
    ]
    if changed:
        row = changed[0]
        without = "" if row["is_contract"] else " without its contract"
        yield (
            f"{len(changed)} of Carbonshed's marts, as {_name(row)}, would be made as"
            f" {row['materialized']} {row['relation']}{without}; expected: a table in"
            f" the schema marts, with its contract. {_mended(project, 'models')}"
        )


def _lenient_tests(project: str, nodes: Sequence[Row]) -> Iterator[str]:
    """Refuse tests that would let bad rows pass, and marts without a test."""
    ours = list(filter(_is_ours, nodes))
    lenient = [row for row in ours if row["strictness"] not in (None, _STRICT)]
    tested = {row["tested"] for row in ours}
    untested = [
        _name(row) for row in filter(_is_mart, nodes) if row["node"] not in tested
    ]
    mended = _mended(project, "data_tests")
    if lenient:
        other = lenient[0]["strictness"].items() - _STRICT.items()
        settings = listing(f"{key}: {value}" for key, value in sorted(other))
        yield (
            f"{len(lenient)} of Carbonshed's tests, as {_name(lenient[0])}, would let"
            f" bad rows pass ({settings}). {mended}"
        )
    if untested:
        yield (
            "tests of Carbonshed are left out, and its marts"
            f" {listing(untested, _MAX_NAMES)} would be published untested. {mended}"
        )


def _mended(project: str, kind: str) -> str:
    return (
        f"What dbt_project.yml sets under `{kind}:` belongs below `{project}:`, the"
        " name of your project; elsewhere it reaches Carbonshed too"
    )


def _is_ours(row: Row) -> bool:
    return _package(row["node"]) == OWN_NAME


def _is_mart(row: Row) -> bool:
    is_model = row["node"].startswith(f"model.{OWN_NAME}.")
    return is_model and row["path"].startswith(_MARTS)


def _is_own_mart(row: Row) -> bool:
    is_in_marts = _relation(row).startswith("marts.")
    return is_in_marts and row["materialized"] not in _NO_TABLE


def _relation(row: Row) -> str:
    """Return the table of a node as DuckDB compares it, nothing without one."""
    return (row["relation"] or "").casefold()


def _package(node: str) -> str:
    return node.split(".")[1]


def _name(row: Row) -> str:
    return row["node"].split(".")[2]
