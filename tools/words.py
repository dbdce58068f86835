"""A check of words: `python -m tools.words` lists those that plain English replaces.

There are three kinds: first words of docstrings and comments, which should be a verb
or an article; names, which should be nouns of the field; terms of a private dialect.
Each kind has a ceiling in ``tools/ceilings.toml``: ``--check`` lists the kinds that are
above it, ``--lower`` lowers the ceilings to today's counts.
"""

import argparse
import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from carbonshed.paths import project_root
from tools.ceilings import excess, lower

FIRST_WORDS = {"what", "who", "whom", "whether", "how", "of", "where"}
NAMES = {
    *("found", "each", "place", "places", "known", "given", "wanted"),
    *("told", "said", "asked"),
}
TERMS = re.compile(
    r"\b(by turns|the house|come_apart|fused|Laboratory|_MOST_\w+|_FEWEST\w*"
    r"|_NARROWEST\w*|why_unopened|may_miss|say_what_concerns)\b",
    re.IGNORECASE,
)
PATHS = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("analyses", "benchmarks", "bi", "carbonshed", "docs", "macros", "models"),
    *("python_models", "seeds", "semantic", "tests", "tools"),
)
# this check and its test quote the words; the dictionary repeats the models' yml; an
# office names an industry
EXCEPTIONS = (
    "carbonshed/usa_states/data/sources/epa_co2_by_sector.csv",
    "tools/words.py",
    "tests/unit/test_words.py",
    "docs/reference/data_dictionary.md",
    "docs/reference/vars.md",
)
# a line of a docstring after which a description begins: a parameter, or an underline
HEADING = re.compile(r"\s*(\w+|\*?\w+( : .*)?|-+)$")
SQL_COMMENT = re.compile(r"^\s*(?:--|\{#-?)\s*(.*)")
SQL_NAME = re.compile(
    rf"\b({'|'.join(NAMES)}) as (?:materialized )?\(|\bas ({'|'.join(NAMES)})\b"
)

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class Match(NamedTuple):
    """A word and where it is written."""

    path: Path
    line: int
    word: str


def find_words(root: Path, paths: Iterable[str]) -> dict[str, list[Match]]:
    """Return the matches of each kind in the files and folders of a project."""
    matches: dict[str, list[Match]] = {"first_words": [], "names": [], "terms": []}
    files = [file for path in paths for file in _files(root / path)]
    for path in files:
        relative = path.relative_to(root)
        if path.suffix not in _READERS or str(relative) in EXCEPTIONS:
            continue
        text = path.read_text("utf-8")
        for kind, line, word in _READERS[path.suffix](text):
            matches[kind].append(Match(relative, line, word))
        for number, content in enumerate(text.splitlines(), 1):
            for term in TERMS.findall(content):
                matches["terms"].append(Match(relative, number, term))
    return matches


def count_words(root: Path) -> dict[str, int]:
    """Return the number of matches of each kind in a project."""
    return {kind: len(matches) for kind, matches in find_words(root, PATHS).items()}


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(
            file for file in path.rglob("*") if "node_modules" not in file.parts
        )
    return [path] if path.is_file() else []


def _python_words(text: str) -> Iterator[tuple[str, int, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            yield from _docstring_words(node.body[0])
        elif isinstance(node, ast.arg) and node.arg in NAMES:
            yield "names", node.lineno, node.arg
        elif _is_bound(node) and node.id in NAMES:
            yield "names", node.lineno, node.id
    last_line = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line = token.start[0]
            is_alone = token.line.lstrip().startswith("#")
            continues = is_alone and line == last_line + 1
            if not continues and (word := _first_word(token.string)):
                yield "first_words", line, word
            last_line = line if is_alone else 0


def _is_bound(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _docstring_words(statement: ast.stmt) -> Iterator[tuple[str, int, str]]:
    """Yield words that begin a paragraph, or the description of a parameter."""
    lines = ["", *statement.value.value.splitlines()]
    for number, (before, line) in enumerate(pairwise(lines)):
        is_opening = not before.strip() or HEADING.match(before)
        if is_opening and (word := _first_word(line)):
            yield "first_words", statement.lineno + number, word


def _sql_words(text: str) -> Iterator[tuple[str, int, str]]:
    is_comment = False
    for number, line in enumerate(text.splitlines(), 1):
        comment = SQL_COMMENT.match(line)
        if comment and not is_comment and (word := _first_word(comment[1])):
            yield "first_words", number, word
        is_comment = bool(comment)
        for names in SQL_NAME.findall(line):
            yield "names", number, "".join(names)


def _first_word(text: str) -> str | None:
    word = re.match(r"\W*(\w+)", text)
    return word[1] if word and word[1].lower() in FIRST_WORDS else None


_READERS = {
    ".py": _python_words,
    ".sql": _sql_words,
    ".md": lambda _: (),
    ".yml": lambda _: (),
    ".csv": lambda _: (),
}


def main(arguments: list[str], root: Path | None = None) -> int:
    """List the words, or only those above a ceiling; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="list what is too much")
    parser.add_argument("--lower", action="store_true", help="lower the ceilings")
    options = parser.parse_args(arguments)
    root = root or project_root()
    matches = find_words(root, PATHS)
    counts = {kind: len(matches[kind]) for kind in matches}
    if options.lower:
        lower(counts, root)
    problems = excess(counts, root)
    for kind in problems if options.check else matches:
        for match in matches[kind]:
            print(f"{match.path}:{match.line}: {kind}: {match.word}")
    if not options.check:
        print(", ".join(f"{kind}: {count:,}" for kind, count in counts.items()))
    for problem in problems.values():
        print(f"error: {problem}", file=sys.stderr)
    return int(options.check and bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
