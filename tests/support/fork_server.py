"""Commands in children of a process that has imported and parsed already.

Importing dbt and DuckDB takes more than a second, and parsing the project with cold
caches three more, for every one of the hundred commands of the tests. A server does
both once and forks for each command. What a command sees is the same as on a command
line: folder, environment, arguments, output, exit code.
"""

import atexit
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

IMPORTS = (
    "dbt.cli.main",
    "dbt.adapters.duckdb.impl",
    "carbonshed.cli",
    "carbonshed.dbt_plugin.plugin",
    "carbonshed.ask.answers",
    "carbonshed.whatif.evaluate",
)
COMMANDS = {"dbt": ("dbt.cli.main", "cli"), "carbonshed": ("carbonshed.cli", "app")}
TESTS = Path(__file__).resolve().parents[1]


class ForkServer:
    """A server of commands; it ends with the process that has started it."""

    def __init__(self) -> None:
        self._server: subprocess.Popen | None = None

    def run(
        self,
        command: tuple[str, ...],
        folder: Path,
        environment: dict[str, str],
        errors: Path | None = None,
    ) -> tuple[int, str]:
        """Run one of `COMMANDS` to its end; return its exit code and its output.

        What it says on standard error is in the output too, or in a file of its own.
        """
        if self._server is None:
            self._server = _serve(environment)
        with tempfile.NamedTemporaryFile() as printed:
            said = str(errors or printed.name)
            request = [command, str(folder), environment, printed.name, said]
            self._server.stdin.write(json.dumps(request) + "\n")
            self._server.stdin.flush()
            code = int(self._server.stdout.readline())
            return code, Path(printed.name).read_text("utf-8")


def _serve(environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "support.fork_server"],
        cwd=TESTS,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _child(
    command: list[str], folder: str, environment: dict[str, str], *outputs: str
) -> int:
    gc.disable()  # a child ends after seconds, with all that it has made
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # what two write into one file stands one after the other
    for standard, output in enumerate(outputs, 1):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND), standard)
    code = _exit_code(command)
    atexit._run_exitfuncs()
    gc.collect()  # as at the end of Python: what nothing holds is closed
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _exit_code(command: list[str]) -> int:
    """Run a command in this process; return its exit code."""
    sys.argv = command
    module, name = COMMANDS[command[0]]
    try:
        getattr(importlib.import_module(module), name)()
    except SystemExit as end:
        if isinstance(end.code, str):  # as Python ends with a message
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _fill_caches() -> None:
    """Parse the project as dbt's own tests do: the text of a template is parsed once.

    The static parser is left out, because its threads would be missing in a child.
    """
    from dbt.cli.main import dbtRunner
    from dbt_common.tests import enable_test_caching

    enable_test_caching()
    project = str(TESTS.parent)
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "--project-dir": project,
            "--profiles-dir": project,
            "--target-path": folder,
            "--log-level": "none",
            "--log-level-file": "none",
        }
        words = [word for option in options.items() for word in option]
        switches = ["--no-partial-parse", "--no-static-parser", "--no-write-json"]
        dbtRunner().invoke(["parse", *words, *switches])


def _main() -> None:
    for module in IMPORTS:
        importlib.import_module(module)
    is_parsed = False
    for line in sys.stdin:
        request = json.loads(line)
        if request[0][0] == "dbt" and not is_parsed:
            _fill_caches()
            is_parsed = True
        gc.freeze()  # what a child collects it would have to copy
        child = os.fork()
        if child == 0:
            os._exit(_child(*request))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _main()
