"""Find what is kept for nobody: ``python -m tools.unread``, after ``dbt parse``.

A name is read if it stands, as a word, in a file of which somebody reads the result: a
page of the report, a question, a dashboard, a metric, another model, or a page of docs.
Neither lists of what there is, nor tests, nor the yml that declares it, count.

- A **mart** is read in any such file, but its own; a **column** in one that names its
  mart too, and an `x_name` with its `x_id`. The key of a mart and `unit` say what a row
  is, and need no reader.
- On a page of docs, a column is read as code beside its mart: in the same paragraph,
  list item or row of a table, or in a section that has the mart as code in its heading
  or first paragraph.
- A **metric** is read by another metric or on a page of docs.
- A **text** of `seeds/texts.csv` is read if quoted texts of SQL, set together, are its
  id, or if a page of the report names it; a **row** of a seed of choices, which have a
  `description`, if its id is read.
- Pages of docs may write an id with blanks for `_`.
- A **var** and an **option** of the command line are for people: they are read in code
  on a page of docs.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

DOCS = ("README.md", "docs/**/*.md")
# these list what there is
LISTINGS = ("docs/reference/", "docs/bi.md")
SQL = ("models/**/*.sql", "macros/*.sql", "carbonshed/report/queries/**/*.sql")
REPORT = (
    "carbonshed/report/**/*.py",
    "carbonshed/report/**/*.yml",
    "carbonshed/report/**/*.js",
    "tools/web/src/*.js",
)
ASKED = (
    "analyses/*.sql",
    "carbonshed/ask/*.py",
    "semantic/*.yml",
    "bi/**/*.yaml",
    "python_models/*.py",
)
READERS = (*SQL, *REPORT, *ASKED, *DOCS)
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"'([^'\n]+)'")
_FILLED = re.compile(r"{{.*?}}")
_CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
_CODE_WORD = re.compile(r"[\w-]+")
_FENCED = re.compile(r"```.*?```", re.DOTALL)
_HEADING = re.compile(r"^#+ ", re.MULTILINE)
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.) )")


@dataclass(frozen=True)
class Sources:
    """The files of a project, each with its text, by its path in it."""

    root: Path

    def texts(self, patterns: Iterable[str]) -> dict[str, str]:
        """Return the files of patterns, but those that list what there is."""
        return {
            str(path.relative_to(self.root)): path.read_text("utf-8")
            for pattern in patterns
            for path in self.root.glob(pattern)
            if not path.relative_to(self.root).as_posix().startswith(LISTINGS)
        }

    @cached_property
    def words(self) -> dict[str, set[str]]:
        """Return the words of each reader."""
        return {path: set(_WORD.findall(t)) for path, t in self.texts(READERS).items()}

    @cached_property
    def docs(self) -> dict[str, str]:
        """Return the text of each page of docs, with a blank for a line's end."""
        return {path: " ".join(t.split()) for path, t in self.texts(DOCS).items()}

    @cached_property
    def code_of_docs(self) -> set[str]:
        """Return the words that pages of docs write as code."""
        pages = "\n\n".join(self.texts(DOCS).values())
        return set(_CODE_WORD.findall("\n".join(_CODE.findall(pages))))

    @cached_property
    def blocks_of_docs(self) -> list[tuple[set[str], set[str]]]:
        """Return the code of each block of pages, and that with its section's head."""
        blocks = []
        for page in self.texts(DOCS).values():
            lines = _FENCED.sub(lambda code: " ".join(code[0].split()), page)
            for section in _HEADING.split(lines):
                codes = [
                    set(_WORD.findall(" ".join(_CODE.findall(block))))
                    for block in _BLOCK.split(section)
                ]
                head = set().union(*codes[:2])  # the heading, and what is below it
                blocks += [(code, code | head) for code in codes]
        return blocks

    @cached_property
    def quoted(self) -> set[str]:
        """Return the quoted texts of SQL as parts of an id, with `_` for a blank."""
        files = self.texts(SQL).values()
        quoted = {text for file in files for text in _QUOTED.findall(file)}
        return {_FILLED.sub("", text).strip().replace(" ", "_") for text in quoted}

    def seed(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a seed."""
        with (self.root / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))


def find_unread(
    root: Path,
    manifest: Mapping[str, Any],
    variables: Iterable[str],
    options: Iterable[tuple[str, ...]],
) -> list[str]:
    """Return a sentence for each name that nobody reads, with what to do."""
    sources = Sources(root)
    return [
        *_marts(sources, manifest["nodes"].values()),
        *_metrics(sources, manifest["metrics"].values()),
        *_texts(sources),
        *_rows(sources),
        *(
            f"var {name}: no page of docs says what it is for; say it, or drop the var"
            for name in variables
            if name not in sources.code_of_docs
        ),
        *(
            f"option {names[0]}: no page of docs shows it; show it, or drop the option"
            for names in options
            if sources.code_of_docs.isdisjoint(names)
        ),
    ]


def _marts(sources: Sources, nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield marts and columns that no reader names."""
    nodes = list(nodes)
    keys = {
        node["attached_node"]: node["test_metadata"]["kwargs"]["combination"]
        for node in nodes
        if (node.get("test_metadata") or {}).get("name") == "one_row_per_combination"
    }
    for node in nodes:
        if node["resource_type"] != "model" or node["schema"] != "marts":
            continue
        mart = node["name"]
        readers = [
            path
            for path, words in sources.words.items()
            if mart in words and path != node["original_file_path"]
        ]
        if not readers:
            yield f"mart {mart}: nothing reads it; drop it, or ask it on a page"
            continue
        read = {"unit", *keys.get(node["unique_id"], ())}.union(
            *(sources.words[path] for path in readers if path not in sources.docs),
            *(code for code, beside in sources.blocks_of_docs if mart in beside),
        )
        for column in node["columns"]:
            if read.isdisjoint({column, re.sub("_name$", "_id", column)}):
                yield (
                    f"column {mart}.{column}: nothing that reads {mart} names it; drop"
                    f" it, or say on a page, as code beside {mart}, what it is for"
                )


def _metrics(sources: Sources, metrics: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield metrics that neither another one nor a page of docs names."""
    metrics = list(metrics)
    used = {name for metric in metrics for name in _inputs(metric)}
    for metric in metrics:
        if metric["name"] not in used | sources.code_of_docs:
            yield f"metric {metric['name']}: nobody asks for it; drop it"


def _inputs(metric: Mapping[str, Any]) -> Iterator[str]:
    """Yield the metrics that a metric is made of."""
    given = metric["type_params"]
    ratio = (given.get("numerator"), given.get("denominator"))
    for each in (*(given.get("metrics") or ()), *filter(None, ratio)):
        yield each["name"]


def _texts(sources: Sources) -> Iterator[str]:
    """Yield texts whose id no model puts together, and no page names."""
    named = set().union(*(sources.words[path] for path in sources.texts(REPORT)))
    for row in sources.seed("texts"):
        if row["text_id"] not in named and not _is_said(row["text_id"], sources.quoted):
            yield (
                f"text {row['text_id']}: no model and no page says it; drop it from"
                " texts.csv"
            )


def _is_said(text_id: str, quoted: set[str]) -> bool:
    """Return whether an id is a quoted text, or several set together."""
    return text_id in quoted or any(
        text_id[:end] in quoted and _is_said(text_id[end:], quoted)
        for end in range(1, len(text_id))
    )


def _rows(sources: Sources) -> Iterator[str]:
    """Yield choices that neither a model nor a page names."""
    read = set().union(*sources.words.values())
    pages = " ".join(sources.docs.values())
    for path in sorted((sources.root / "seeds").glob("*.csv")):
        for row in sources.seed(path.stem):
            name = next(iter(row.values()))
            is_read = name in read or name.replace("_", " ") in pages
            if "description" in row and not is_read:
                yield (
                    f"row {name} of seeds/{path.name}: no model and no page names it;"
                    " drop it, or say on a page when to choose it"
                )


def options_of(command: Any) -> set[tuple[str, ...]]:
    """Return the spellings of each option of a command and of those below it."""
    below = getattr(command, "commands", {}).values()
    own = {(*each.opts, *each.secondary_opts) for each in command.params}
    own = {names for names in own if names[0].startswith("--")}
    return own.union(*map(options_of, below)) - {("--help",), ("--version",)}


def main() -> int:
    """Print what nobody reads; return the exit code."""
    from typer.main import get_command

    from carbonshed.cli import _commands
    from carbonshed.dbt_plugin.vars import BuildVars
    from carbonshed.paths import project_root

    root = project_root()
    manifest = json.loads((root / "target" / "manifest.json").read_text("utf-8"))
    options = sorted(options_of(get_command(_commands)))
    unread = find_unread(root, manifest, BuildVars.model_fields, options)
    for sentence in unread:
        print(f"error: {sentence}", file=sys.stderr)
    return int(bool(unread))


if __name__ == "__main__":
    sys.exit(main())
