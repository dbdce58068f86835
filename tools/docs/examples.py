"""Examples in Markdown, checked by running them.

An example is a fenced ``console`` block that begins with ``$ carbonshed query``,
``ask`` or ``audit``; the rest of the block is what the command prints. A question in
SQL may run over several lines, until its quotation mark is closed.

``python -m tools.docs.examples FILE...`` compares the output with the pages, and with
``--write`` updates them. With ``--program mf`` examples are those of ``$ mf query``.
"""

import argparse
import difflib
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from carbonshed.errors import CarbonshedError

FENCE = "```"
OPENING = FENCE + "console"
PROGRAM = "carbonshed"
CHECKED = (
    "query",
    "ask",
    "audit",
    "price",
)  # commands whose output depends on the dataset alone

Run = Callable[[tuple[str, ...]], str]


@dataclass(frozen=True)
class Example:
    """A command on a page and the place of its output.

    Attributes
    ----------
    arguments
        The command line after the name of the program.
    line
        Line number of the command, from 1.
    output
        Lines of the page that hold the output, as a range of indices from 0.
    """

    arguments: tuple[str, ...]
    line: int
    output: range


def find_examples(lines: list[str], program: str = PROGRAM) -> list[Example]:
    """Return the examples of a page.

    Parameters
    ----------
    lines
        The page, line by line.
    program
        Name of the program that they call.

    Raises
    ------
    CarbonshedError
        If a block or a quotation is never closed, or a block holds two commands.
    """
    examples = []
    start = None
    for number, line in enumerate(lines):
        if start is None and line.startswith(FENCE):
            start = number
        elif start is not None and line.rstrip() == FENCE:
            first = lines[start + 1]
            if lines[start].rstrip() == OPENING and _is_checked(first, program):
                examples.append(_example(lines, start + 1, number))
            start = None
    if start is not None:
        raise CarbonshedError(f"line {start + 1}: the block is never closed")
    return examples


def refresh(text: str, run: Run, program: str = PROGRAM) -> str:
    """Return a page with the current output of its examples.

    Parameters
    ----------
    text
        The page.
    run
        Function that returns the output of a command, given its arguments.
    program
        Name of the program that the examples call.

    Raises
    ------
    CarbonshedError
        If the page has no example, one is malformed, or a command fails.
    """
    lines = text.splitlines()
    examples = find_examples(lines, program)
    if not examples:
        raise CarbonshedError(
            f"no block begins with '$ {program}' and a checked command"
        )
    for example in reversed(examples):
        try:
            printed = run(example.arguments)
        except CarbonshedError as failure:
            raise CarbonshedError(f"line {example.line}: {failure}") from None
        shown = [line.rstrip() for line in printed.strip("\n").splitlines()]
        lines[example.output.start : example.output.stop] = shown
    return "\n".join(lines) + "\n"


def run_command(arguments: tuple[str, ...], program: str = PROGRAM) -> str:
    """Run a program of this environment and return its output.

    Raises
    ------
    CarbonshedError
        If it fails, with its message.
    """
    command = Path(sys.executable).with_name(program)
    finished = subprocess.run(
        [command, *arguments],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if finished.returncode:
        raise CarbonshedError(finished.stderr.strip() or finished.stdout.strip())
    return finished.stdout


def main(arguments: list[str], run: Run | None = None) -> int:
    """Compare or rewrite the examples of pages; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="rewrite the pages")
    parser.add_argument("--program", choices=(PROGRAM, "mf"), default=PROGRAM)
    options = parser.parse_args(arguments)
    run = run or partial(run_command, program=options.program)
    problems = [
        _page(page, options.write, run, options.program) for page in options.pages
    ]
    for problem in filter(None, problems):
        print(f"error: {problem}", file=sys.stderr)
    return int(any(problems))


def _page(page: Path, is_written: bool, run: Run, program: str) -> str | None:
    """Compare or rewrite a page; return the problem, if there is one."""
    try:
        text = page.read_text("utf-8")
        fresh = refresh(text, run, program)
    except (CarbonshedError, OSError) as failure:
        return f"{page}: {failure}"
    if is_written:
        page.write_text(fresh, "utf-8")
    elif fresh != text:
        difference = difflib.unified_diff(
            text.splitlines(), fresh.splitlines(), "page", "now", n=2, lineterm=""
        )
        return "\n".join(
            [f"{page}: examples print something else now (--write)", *difference]
        )
    print(f"{page}: {len(find_examples(fresh.splitlines(), program))} examples hold")
    return None


def _is_checked(line: str, program: str) -> bool:
    prompt = f"$ {program} "
    words = line.removeprefix(prompt).split()
    return line.startswith(prompt) and bool(words) and words[0] in CHECKED


def _example(lines: list[str], start: int, end: int) -> Example:
    """Read a command, up to the line that closes its quotations."""
    for stop in range(start + 1, end + 1):
        command = "\n".join(lines[start:stop]).removeprefix("$ ")
        try:
            words = shlex.split(command)
        except ValueError:  # the quotation is still open
            continue
        if any(line.startswith("$ ") for line in lines[stop:end]):
            raise CarbonshedError(f"line {start + 1}: two commands in one block")
        return Example(tuple(words[1:]), start + 1, range(stop, end))
    raise CarbonshedError(f"line {start + 1}: the quotation is never closed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
