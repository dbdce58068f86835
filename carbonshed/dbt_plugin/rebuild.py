"""The part of a build that has to be made again: what has changed, and what reads it.

A run notes the inputs that it was started on. What has changed since leads to the
models, seeds and tests that read it; where that is not known of an input, such as a
macro or the program itself, everything is made again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from carbonshed.ask.status import status_of
from carbonshed.checksums import LIST, compare
from carbonshed.dbt_plugin.inputs import (
    SCENARIOS,
    VAR,
    VARIANTS,
    Inputs,
    own_files,
)
from carbonshed.dbt_plugin.nodes import SOLVES
from carbonshed.dbt_plugin.vars import BuildVars
from carbonshed.paths import (
    OWN_NAME,
    PROJECT_FILE,
    installed_package,
    is_own_project,
    name_of,
    project_root,
    solved_dir,
    warehouse_dir,
)
from carbonshed.publish.editions import published_editions
from carbonshed.publish.work_file import (
    Row,
    WorkFile,
    dependents,
    selectors,
    words_of,
)
from carbonshed.solve.solutions import SolveStore
from carbonshed.text import listing

_MAX_NAMES = 3
# what reads an input beside the dataset and the tables before it, by words of its code
_WORDS = {SCENARIOS: r"\bcarbonshed_scenarios\b", VARIANTS: r"\bof_variants\b"}
_GRAPH = r"\bgraph\.nodes\b"  # what dbt knows of all models


@dataclass(frozen=True)
class Rebuild:
    """What a build has to make."""

    changed: tuple[str, ...] = ()  # inputs that are others than those of the last build
    # those of `dbt build` that select what is to be made; None: everything
    words: tuple[str, ...] | None = None
    built_at: datetime | None = None  # when all was made, UTC, if nothing is to be
    is_left_to_publish: bool = False  # True if all was made, and readers see another
    reason: str = ""  # why it is that much, for whoever waits


def rebuild_of(name: str, inputs: Inputs) -> Rebuild:
    """Return what a build of a dataset has to make again, on these inputs."""
    status = status_of(name)
    work_file, publication = status.work_file, status.publication
    run = work_file.run if work_file else None
    if not run or not run.get("inputs") or not work_file.nodes:
        return Rebuild()
    parts = run["inputs"]
    changed = sorted(
        part
        for part in parts.keys() | inputs.parts.keys()
        if parts.get(part) != inputs.parts.get(part)
    )
    project = _Project(work_file)
    left, readers = set(work_file.outstanding), set()
    for part in changed:
        of_part = project.readers_of(part)
        if not of_part:
            return Rebuild(
                tuple(changed), reason=f"everything is built after a change to {part}"
            )
        readers |= of_part
    own = project.own_selectors()
    is_seen = bool(publication) and publication["build_id"] == run["run_id"]
    if not (left or readers or own) and run["ended_at"]:
        if is_seen and _is_as_written(name):
            return Rebuild(built_at=run["ended_at"].replace(microsecond=0))
        if not is_seen and not status.unreadable:
            return Rebuild(is_left_to_publish=True)
        return Rebuild(
            reason="everything is built: what is published is not what the last build"
            " wrote"
        )
    reached = dependents(work_file.nodes, left | readers)
    solves = {row["node"] for row in work_file.nodes} & {SOLVES} - reached
    if not reached or not solves or _is_solved(name):
        solves = set()
    reached |= dependents(work_file.nodes, solves)
    causes = [
        f"changed since the last build: {listing(changed, _MAX_NAMES)}; "
        * bool(changed),
        "the last build left something undone; " * bool(left),
        "solved tables are gone or damaged; " * bool(solves),
        "your own models may read anything; " * bool(own),
    ]
    # what the last build was made after is published with this one
    before = () if is_seen else run["changed"] or ()
    return Rebuild(
        tuple(sorted({*changed, *before})),
        tuple(words_of([*selectors(work_file.nodes, left | solves, readers), *own])),
        reason=f"{''.join(causes)}{len(reached):,} of {len(work_file.nodes):,} models,"
        " seeds and tests are built or run" + " beside your own" * bool(own),
    )


def _is_solved(name: str) -> bool:
    """Return whether the solve store has what the warehouse was made from."""
    try:
        with duckdb.connect(warehouse_dir() / f"{name}.duckdb", read_only=True) as file:
            rows = file.sql("select folder from solved.solves").fetchall()
    except duckdb.Error:
        return False
    folders = [project_root() / folder for (folder,) in rows]
    is_there = all(folder.is_dir() for folder in folders)
    return is_there and not SolveStore(solved_dir() / name).faults()


def _is_as_written(name: str) -> bool:
    """Return whether each published file is what was written."""
    (edition, *_) = published_editions(warehouse_dir() / f"{name}.duckdb")
    return not compare(edition / LIST)[1]


class _Project:
    """The nodes of the last run, with their files of now."""

    def __init__(self, work_file: WorkFile) -> None:
        self._nodes = work_file.nodes
        root = project_root()
        self._root = root
        self._is_own = is_own_project(root)
        self._package = root if self._is_own else installed_package(root)
        self._files = {row["node"]: self._file(row) for row in self._nodes}

    def own_selectors(self) -> list[str]:
        """Return how dbt selects what is a user's own, which may read anything.

        Also what keeps nothing from readers, and is no row of ``main.nodes``.
        """
        if self._is_own:
            return []
        packages = {row["package"] for row in self._nodes} - {OWN_NAME}
        if any(map(_makes_a_node, own_files())):
            packages.add(name_of(self._root))
        return [f"package:{name}+" for name in sorted(packages)]

    def readers_of(self, part: str) -> set[str]:
        """Return the nodes that read an input; none if that is not known."""
        if words := _WORDS.get(part):
            return set(self._naming(words))
        if part.startswith(f"{VAR} "):
            return self._asking_for(part.removeprefix(f"{VAR} "))
        file = self._root / part
        made_of = {node for node, path in self._files.items() if path == file}
        if made_of and file.is_file():
            # texts and columns of all models stand in some marts
            is_model = any(node.startswith("model.") for node in made_of)
            return {*made_of, *(self._naming(_GRAPH) if is_model else ())}
        if file.is_relative_to(self._package / "analyses"):
            return set(self._naming(_GRAPH))
        return set()

    def _asking_for(self, var: str) -> set[str]:
        """Return the nodes whose own code asks for a var; none if others may, too.

        A switch leaves nodes out.
        """
        field = BuildVars.model_fields.get(var)
        if field is None or field.annotation is bool:
            return set()
        others = [
            *self._package.glob("*models/**/*.yml"),
            *self._package.glob("macros/**/*.sql"),
            self._package / PROJECT_FILE,
            *([] if self._is_own else own_files()),
        ]
        asked = re.compile(rf"""var\(\s*['"]+{var}\b""")
        if any(asked.search(_read(path)) for path in others):
            return set()
        quoted = rf"""(?<!ref\()(?<!source\()['"]{var}['"]"""
        return {*self._naming(quoted), *self._naming(rf"\.{var}\b", ".py")}

    def _naming(self, words: str, *suffixes: str) -> Iterator[str]:
        """Yield the nodes in whose files there are words, by a regular expression."""
        pattern, suffixes = re.compile(words), suffixes or (".sql", ".py")
        for node, path in self._files.items():
            if path and path.suffix in suffixes and pattern.search(_read(path)):
                yield node

    def _file(self, row: Row) -> Path | None:
        """Return the file of a node, None of a test that stands in a YAML file."""
        folder = {OWN_NAME: self._package, name_of(self._root): self._root}
        if row["package"] not in folder or row["path"].endswith((".yml", ".yaml")):
            return None
        return folder[row["package"]] / row["path"]


def _makes_a_node(path: Path) -> bool:
    return path.suffix in (".sql", ".py", ".csv")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
