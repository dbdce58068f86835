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

from carbonshed.ask.status import status_of
from carbonshed.checksums import LIST, compare
from carbonshed.dbt_plugin.inputs import SCENARIOS, VAR, VARIANTS, Inputs
from carbonshed.dbt_plugin.vars import BuildVars
from carbonshed.paths import (
    OWN_NAME,
    PROJECT_FILE,
    installed_package,
    is_own_project,
    name_of,
    project_root,
    warehouse_dir,
)
from carbonshed.publish.editions import published_editions
from carbonshed.publish.work_file import Row, WorkFile, dependents, selection
from carbonshed.text import listing

_MAX_NAMES = 3
# what reads an input beside the dataset and the tables before it, by words of its code
_WORDS = {SCENARIOS: r"\bcarbonshed_scenarios\b", VARIANTS: r"\bof_variants\b"}
_GRAPH = r"\bgraph\.nodes\b"  # what dbt knows of all models


@dataclass(frozen=True)
class Rebuild:
    """What a build has to make."""

    changed: tuple[str, ...] = ()  # inputs that are others than those of the last build
    # ids of nodes to be made with all that depends on them; None: everything
    nodes: frozenset[str] | None = None
    words: tuple[str, ...] = ()  # those of `dbt build` that select them
    built_at: datetime | None = None  # when all was made, UTC, if nothing is to be
    reason: str = ""  # why it is that much, for whoever waits


def rebuild_of(name: str, inputs: Inputs) -> Rebuild:
    """Return what a build of a dataset has to make again, on these inputs."""
    status = status_of(name)
    work_file = status.work_file
    run = work_file.run if work_file else None
    if status.unreadable or not run or not run.get("inputs"):
        return Rebuild()
    if not (work_file.nodes and work_file.has_marts):
        return Rebuild()
    parts = run["inputs"]
    changed = sorted(
        part
        for part in parts.keys() | inputs.parts.keys()
        if parts.get(part) != inputs.parts.get(part)
    )
    project = _Project(work_file)
    left, own = set(work_file.outstanding), project.foreign()
    nodes = left | own
    for part in changed:
        readers = project.readers_of(part)
        if not readers:
            return Rebuild(
                tuple(changed), reason=f"everything is built after a change to {part}"
            )
        nodes |= readers
    if not nodes and not status.remarks() and _is_whole(name):
        return Rebuild(built_at=run["ended_at"].replace(microsecond=0))
    if not nodes:
        return Rebuild(
            reason="everything is built: what is published is not what the last build"
            " wrote"
        )
    # what the last build was made after is published with this one
    changed = sorted({*changed, *(run["changed"] or ())} if left else changed)
    count = len(dependents(work_file.nodes, nodes))
    causes = [
        f"changed since the last build: {listing(changed, _MAX_NAMES)}; "
        * bool(changed),
        "the last build left something undone; " * bool(left),
        "your own models may read anything; " * bool(own),
    ]
    return Rebuild(
        tuple(changed),
        frozenset(nodes),
        tuple(selection(work_file.nodes, nodes)),
        reason=f"{''.join(causes)}{count:,} of {len(work_file.nodes):,} models, seeds"
        " and tests are built or run",
    )


def _is_whole(name: str) -> bool:
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

    def foreign(self) -> set[str]:
        """Return a user's own nodes, which may read anything."""
        return {row["node"] for row in self._nodes if row["package"] != OWN_NAME}

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
        ]
        asked = re.compile(rf"""var\(\s*['"]+{var}\b""")
        if any(asked.search(path.read_text("utf-8")) for path in others):
            return set()
        quoted = rf"""(?<!ref\()(?<!source\()['"]{var}['"]|\.{var}\b"""
        return set(self._naming(quoted))

    def _naming(self, words: str) -> Iterator[str]:
        """Yield the nodes in whose files there are words, by a regular expression."""
        pattern = re.compile(words)
        for node, path in self._files.items():
            if path and path.suffix in (".sql", ".py") and pattern.search(_read(path)):
                yield node

    def _file(self, row: Row) -> Path | None:
        """Return the file of a node, None of a test that stands in a YAML file."""
        folder = {OWN_NAME: self._package, name_of(self._root): self._root}
        if row["package"] not in folder or row["path"].endswith((".yml", ".yaml")):
            return None
        return folder[row["package"]] / row["path"]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
