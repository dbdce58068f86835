"""The size of the code base: `python -m tools.house` prints it as a table.

``--write`` puts the table into ``docs/architecture.md``. ``--check`` compares the page
with it, and each count with its ceiling in ``tools/ceilings.toml``; ``--lower`` lowers
ceilings to the counts of today, those of ``tools/words.py`` too.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from carbonshed.paths import project_root
from tools.ceilings import excess, lower
from tools.manifest import parse_project
from tools.words import DOCUMENTED, count_words, find_words

NAMES = {"found", "each", "place", "known"}
PAGE = Path("docs/architecture.md")
BEGIN = "<!-- begin of what tools/house.py writes -->\n"
END = "<!-- end of what tools/house.py writes -->\n"
HEAD = (
    "| | second edition | aim of the third | now |",
    "|---|---:|---:|---:|",
)


class Measure(NamedTuple):
    """A row of the table; counts of the second edition are those of its last commit."""

    title: str
    before: int
    aim: int | None


MEASURES = {
    "package_lines": Measure("package, lines of Python", 29_170, 43_000),
    "package_code_lines": Measure(
        "of these neither blank, comment nor docstring", 20_278, 30_700
    ),
    "modules": Measure("modules", 202, 205),
    "modules_with_one_importer": Measure(
        "modules that one other module imports", 76, 45
    ),
    "repeated_file_names": Measure("names of modules used more than once", 25, 10),
    "marts": Measure("marts", 34, 39),
    "mart_columns": Measure("columns of marts", 360, 480),
    "mart_column_names": Measure("different names of these columns", 207, 290),
    "longest_chain": Measure("models in the longest chain", 20, 16),
    "inner_models": Measure("models that are no marts", 54, None),
    "inner_models_with_one_reader": Measure("of these read by one model", 19, 8),
    "build_nodes": Measure("nodes of a default build, with hooks", 232, 230),
    "macros": Measure("macros without generic tests", 32, 24),
    "sql_lines": Measure("models and macros, lines of SQL", 7_944, 10_500),
    "yml_lines": Measure("models, lines of yml", 6_435, 5_700),
    "test_lines": Measure("tests, lines of Python and SQL", 26_516, 37_000),
    "package_names": Measure(
        "names `found`, `each`, `place`, `known` in the package", 346, 80
    ),
    "package_first_words": Measure(
        "docstrings and comments of the package that begin with what, who, how, of",
        186,
        40,
    ),
    "var_files": Measure("files that give a var a default", 11, 1),
    "doc_words": Measure(
        "README and docs, words without generated pages", 46_217, None
    ),
}


def count(root: Path, manifest: Mapping[str, Any]) -> dict[str, int]:
    """Return each measure of a checkout, given the manifest of its dbt project."""
    words = find_words(root, ("carbonshed",))
    return {
        **_count_package(root),
        **_count_models(manifest),
        "macros": _count_macros(root),
        "sql_lines": _lines(root, ("models", "macros"), ".sql"),
        "yml_lines": _lines(root, ("models", "python_models"), ".yml"),
        "test_lines": _lines(root, ("tests",), ".py")
        + _lines(root, ("tests",), ".sql"),
        "package_names": sum(match.word in NAMES for match in words["names"]),
        "package_first_words": len(words["first_words"]),
        "var_files": _count_var_files(root),
        "doc_words": _count_doc_words(root),
    }


def table(counts: Mapping[str, int]) -> str:
    """Return the counts as a table of Markdown."""
    rows = (
        f"| {measure.title} | {measure.before:,} |"
        f" {'' if measure.aim is None else f'{measure.aim:,}'} | {counts[key]:,} |"
        for key, measure in MEASURES.items()
    )
    return "\n".join([*HEAD, *rows]) + "\n"


def _files(root: Path, folders: tuple[str, ...], suffix: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted((root / folder).rglob(f"*{suffix}"))
    ]


def _lines(root: Path, folders: tuple[str, ...], suffix: str) -> int:
    return sum(
        len(path.read_text("utf-8").splitlines())
        for path in _files(root, folders, suffix)
    )


def _count_package(root: Path) -> dict[str, int]:
    texts = {
        path.relative_to(root): path.read_text("utf-8")
        for path in _files(root, ("carbonshed",), ".py")
    }
    trees = {_module_name(path): ast.parse(text) for path, text in texts.items()}
    importers = Counter(
        imported
        for name, tree in trees.items()
        for imported in {*_imports(tree, trees.keys())} - {name}
    )
    plain = [path for path in texts if not path.stem.startswith("__")]
    file_names = Counter(path.name for path in plain)
    return {
        "package_lines": sum(len(text.splitlines()) for text in texts.values()),
        "package_code_lines": sum(
            _code_lines(text, trees[_module_name(path)]) for path, text in texts.items()
        ),
        "modules": len(texts),
        "modules_with_one_importer": sum(
            importers[_module_name(path)] == 1 for path in plain
        ),
        "repeated_file_names": sum(times > 1 for times in file_names.values()),
    }


def _module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(tree: ast.Module, modules: Container[str]) -> Iterator[str]:
    """Yield the modules that a tree imports, also within functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in modules else node.module


def _code_lines(text: str, tree: ast.Module) -> int:
    docstrings: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            statement = node.body[0]
            docstrings.update(range(statement.lineno, statement.end_lineno + 1))
    return sum(
        number not in docstrings and bool(line.strip()) and line.strip()[0] != "#"
        for number, line in enumerate(text.splitlines(), 1)
    )


def _count_models(manifest: Mapping[str, Any]) -> dict[str, int]:
    nodes = manifest["nodes"]
    models = {
        key: nodes[key] for key in nodes if nodes[key]["resource_type"] == "model"
    }
    marts = [model for model in models.values() if model["schema"] == "marts"]
    columns = [column for mart in marts for column in mart["columns"]]
    parents = {
        key: set(models[key]["depends_on"]["nodes"]) & {*models} for key in models
    }
    readers = Counter(parent for key in models for parent in parents[key])
    inner = [key for key in models if models[key]["schema"] != "marts"]

    @cache
    def depth(key: str) -> int:
        return 1 + max(map(depth, parents[key]), default=0)

    return {
        "marts": len(marts),
        "mart_columns": len(columns),
        "mart_column_names": len(set(columns)),
        "longest_chain": max(map(depth, models), default=0),
        "inner_models": len(inner),
        "inner_models_with_one_reader": sum(readers[key] == 1 for key in inner),
        "build_nodes": sum(map(_is_built, nodes.values())),
    }


def _is_built(node: Mapping[str, Any]) -> bool:
    """Return whether the selector `build` has a node; hooks are operations.

    A test of a model that a var leaves out stays a node, which is not enabled.
    """
    if not node.get("config", {}).get("enabled", True):
        return False
    if node["resource_type"] == "test":
        return not node["original_file_path"].startswith(
            ("seeds/", "tests/data/seeds/")
        )
    return node["resource_type"] in ("model", "seed", "operation")


def _count_macros(root: Path) -> int:
    """Count macros; those in `macros/tests` are generic tests."""
    return sum(
        len(re.findall(r"\{%-? *macro ", path.read_text("utf-8")))
        for path in _files(root, ("macros",), ".sql")
        if path.parent != root / "macros" / "tests"
    )


def _count_var_files(root: Path) -> int:
    """Count the files of the dbt project in which a call of `var` has a default."""
    folders = ("analyses", "macros", "models", "python_models")
    paths = [
        *_files(root, folders, ".yml"),
        *_files(root, folders, ".sql"),
        *root.glob("*.yml"),
    ]
    default = re.compile(r"""\b(chosen_)?var\(\s*["']\w+["']\s*,""")
    return sum(bool(default.search(path.read_text("utf-8"))) for path in paths)


def _count_doc_words(root: Path) -> int:
    pages = [*root.glob("README.md"), *_files(root, ("docs",), ".md")]
    return sum(
        len(_fill_page(page.read_text("utf-8"), "").split())
        for page in pages
        if page.parent.name != "reference"
    )


def _fill_page(text: str, content: str) -> str:
    """Return a page with content in place of what stands between the two marks."""
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n{content}\n{END}", text)


def main(arguments: list[str], root: Path | None = None) -> int:
    """Print, write or check the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write it into {PAGE}")
    parser.add_argument("--check", action="store_true", help="check page and ceilings")
    parser.add_argument("--lower", action="store_true", help="lower the ceilings")
    options = parser.parse_args(arguments)
    root = root or project_root()
    counts = count(root, parse_project(root))
    page = root / PAGE
    text = page.read_text("utf-8")
    fresh = _fill_page(text, table(counts))
    if options.lower:
        lower({**counts, **count_words(root)}, root)
    if options.write:
        page.write_text(fresh, "utf-8")
    if not options.check:
        print(table(counts), end="")
        return 0
    problems = [*excess(counts, root).values()]
    if fresh != text:
        problems.append(f"{PAGE} is stale: python -m tools.house --write")
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
