"""Faults put into a room, one at a time, to see which test notices: ``make mutants``.

A mutant is the code with one change: a condition negated, a statement left out. A
mutant that lives is a fault that no test notices. Each is judged in a copy of the tree,
by the tests that reach its line in their own process.
"""

import argparse
import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 300.0  # after which no mutant is begun
PAIRS = (
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn)),
    *((ast.Is, ast.IsNot), (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.Div)),
)
OTHER = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
SAID = re.compile(r"(.*\.)?(echo|log\w*|print|progress|warn\w*)\b")
CHILD = "import json, sys, tools.mutants as m; m.witness(*json.loads(sys.argv[1]))"


class Mutant(NamedTuple):
    """A change of some lines of a file, and the file with it."""

    file: str
    lines: range
    before: str
    after: str
    content: bytes

    def __str__(self) -> str:
        """Say what is changed, in a line."""
        before = " ".join(self.before.split())
        return f"{self.file}:{self.lines[0]}: {before:.90}  ->  {self.after:.90}"


def mutants(file: str, source: bytes) -> Iterator[Mutant]:
    """Return all mutants of what the functions of a module do."""
    offsets = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for part, after in (each for s in function.body for each in changes(s)):
                lines = range(part.lineno, part.end_lineno + 1)
                start = offsets[lines[0] - 1] + part.col_offset
                end = offsets[lines[-1] - 1] + part.end_col_offset
                content = source[:start] + after.encode() + source[end:]
                yield Mutant(file, lines, source[start:end].decode(), after, content)


def changes(node: ast.AST) -> Iterator[tuple[Any, str]]:
    """Return the parts of a statement with what may stand there instead."""
    match node:
        case ast.Expr(value=ast.Call(func=func)) if SAID.match(ast.unparse(func)):
            return
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.AugAssign():
            yield node, "pass"
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield node, "pass"
        case ast.Return(value=ast.AST() as value) if ast.unparse(value) != "None":
            yield node, "return None"
        case ast.expr() | ast.comprehension() | ast.If() | ast.While():
            for place, other in _others(node):
                yield place, f"({ast.unparse(other)})"
    # a function within is one of its own; texts of messages
    if not isinstance(node, ast.FunctionDef | ast.Raise | ast.Assert | ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from changes(child)


def _others(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield test, ast.UnaryOp(ast.Not(), test)
        case ast.comprehension(ifs=conditions):
            yield from ((each, ast.UnaryOp(ast.Not(), each)) for each in conditions)
        case ast.Compare(left=left, ops=[sign], comparators=right):
            yield node, ast.Compare(left, [OTHER[type(sign)]()], right)
        case ast.BoolOp(op=op, values=values):
            yield node, ast.BoolOp(OTHER[type(op)](), values)
        case ast.BinOp(op=op) if type(op) in OTHER and "'" not in ast.unparse(node):
            yield node, ast.BinOp(node.left, OTHER[type(op)](), node.right)
        case ast.Constant(value=bool() as value):
            yield node, ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield node, ast.Constant(value + 1)


def witness(answer: str, files: list[str], arguments: list[str]) -> None:
    """Run tests here; write which fail and, of files, which tests reach each line."""
    import pytest

    names = {str(Path(file).resolve()): file for file in files}
    failed, reached = [], {}

    def trace(frame: Any, event: str, _: object) -> Any:
        if file := names.get(frame.f_code.co_filename):
            test, _, phase = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")
            # what a fixture does may be for all tests of a file
            test = test if phase == "(call)" else test.partition("::")[0]
            tests = reached.setdefault(f"{file}:{frame.f_lineno}", [])
            tests += [] if test in tests else [test]
        return trace if file else None

    class Plugin:
        def pytest_runtest_logreport(self, report: Any) -> None:
            failed.extend([report.nodeid] if report.failed else [])

        pytest_collectreport = pytest_runtest_logreport

    sys.settrace(trace if files else None)
    pytest.main(["-n", "0", "-p", "no:cacheprovider", *arguments], [Plugin()])
    sys.settrace(None)
    Path(answer).write_text(json.dumps([failed, reached]))


def run(copy: Path, limit: float, files: list[str], arguments: list[str]) -> Any:
    """Let a process run tests in a copy of the tree; return what it witnessed."""
    env = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{ROOT}"}
    with tempfile.NamedTemporaryFile() as answer:
        words = json.dumps([answer.name, files, arguments])
        child = partial(subprocess.run, (sys.executable, "-c", CHILD, words), env=env)
        try:
            child(cwd=copy, timeout=limit, capture_output=True)
        except subprocess.TimeoutExpired:
            return ["the time limit"], {}
        return json.loads(Path(answer.name).read_text() or '[["a crash"], {}]')


def git(root: Path, *words: str) -> list[str]:
    """Return the files that git lists."""
    listed = subprocess.run(("git", *words), cwd=root, check=False, capture_output=True)
    return os.fsdecode(listed.stdout).split("\0")[:-1]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> None:
    """Make mutants of a room, and print which live and what kills the others."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("room", help="a folder or module, as carbonshed/readers/tidy")
    parser.add_argument("--tests", nargs="+", metavar="FILE", help="instead of all")
    parser.add_argument("--alone", metavar="FILE", help="tell what no other file kills")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args(arguments)
    room = root / options.room
    paths = [room.with_suffix(".py"), *sorted(room.rglob("*.py"))]
    sources = {str(p.relative_to(root)): p.read_bytes() for p in paths if p.is_file()}
    possible = [m for file, source in sources.items() for m in mutants(file, source)]
    number = min(options.count, len(possible))
    imports = f"^from {options.room.replace('/', '[.]')}[. ]"
    found = git(root, "grep", "-zlE", imports, "--", "tests/*test_*.py")
    tests = options.tests or (found and [*found, "-m", "not slow"])
    if not possible or not tests:
        sys.exit(f"{options.room}: expected a folder or module that tests import")
    first = [] if options.alone else ["--exitfirst"]
    killed = tried = 0
    with tempfile.TemporaryDirectory(prefix="carbonshed-mutants-") as folder:
        copy, began = Path(folder), time.monotonic()
        for name in git(root, "ls-files", "-zco", "--exclude-standard"):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, copy / name)
        failed, reached = run(copy, 2 * SECONDS, list(sources), tests)
        if failed:
            sys.exit(f"fail without a mutant: {', '.join(failed)}")
        limit = 10 + 3 * (time.monotonic() - began)
        print(f"{number} of {len(possible)} mutants, --seed {options.seed}")
        for mutant in random.Random(options.seed).sample(possible, number):
            if time.monotonic() > began + SECONDS:
                break
            places = (f"{mutant.file}:{line}" for line in mutant.lines)
            changed, failed = copy / mutant.file, []
            if those := {test for place in places for test in reached.get(place, [])}:
                changed.write_bytes(mutant.content)
                os.utime(changed, (0, tried))  # Python knows by it what it compiled
                chosen = tests if "" in those else sorted(those)
                failed, _ = run(copy, limit, [], [*chosen, *first])
                changed.write_bytes(sources[mutant.file])
            killed, tried = killed + bool(failed), tried + 1
            if all((options.alone or "") in test for test in failed):
                print(f"{mutant}: {', '.join(failed) or 'LIVES'}", flush=True)
    print(f"{killed} of {tried} are killed")


if __name__ == "__main__":
    main()
