"""What a page shows: its commands, its Python, and the cells of a notebook.

``python tests/support/python_examples.py FILE``, in the project folder. Of a page, the
``pycon`` blocks are one session, and what they print is compared. Of a notebook, cells
run in order in one name space, and the last expression of each is shown. Tests run the
commands.
"""

import ast
import doctest
import json
import re
import sys
from pathlib import Path
from typing import Any

_COMMAND = re.compile(r"^```console\n\$ (.+?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[tuple[str, str]]:
    """Return the commands of one line, each with what the page shows of it."""
    return _COMMAND.findall(page)


def session(page: str) -> str:
    """Return the blocks of a page as one session."""
    return "\n".join(_SESSION.findall(page))


def run_page(path: Path) -> int:
    """Run the session of a page; return how many examples print something else."""
    text = session(path.read_text("utf-8"))
    test = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    result = runner.run(test)
    print(f"{result.attempted} examples")
    return result.failed or not result.attempted


def cells(path: Path) -> list[str]:
    """Return the code of a notebook, cell by cell, as its file has it."""
    notebook = json.loads(path.read_text("utf-8"))
    return [
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def run_notebook(path: Path) -> dict[str, Any]:
    """Run the cells of a notebook; return the names they leave."""
    names: dict[str, Any] = {}
    for number, code in enumerate(cells(path), start=1):
        tree = ast.parse(code, f"{path.name}, cell {number}")
        shown = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"cell {number}", "exec"), names)
        if shown is not None:
            value = eval(
                compile(ast.Expression(shown.value), f"cell {number}", "eval"), names
            )
            print(value)
    return names


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if file.suffix == ".ipynb":
        run_notebook(file)
    else:
        sys.exit(run_page(file))
