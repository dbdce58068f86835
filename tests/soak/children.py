"""Work in a child process that is watched: how it ended, and what it said."""

import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HANG = 60.0  # seconds
MEMORY = 6_000_000_000  # bytes
_LOOK = 0.002


@dataclass(frozen=True)
class Outcome:
    """How a child ended.

    Attributes
    ----------
    code
        Exit code; minus the signal, if one has ended it.
    said
        All that it printed.
    seconds
        How long it took.
    was_killed, has_hung
        Whether we ended it: as asked, or because it took too long.
    """

    code: int
    said: str
    seconds: float
    was_killed: bool = False
    has_hung: bool = False


def run(
    work: Callable[[], object],
    folder: Path,
    kill_after: float | None = None,
    *,
    hang: float = HANG,
    memory: int | None = MEMORY,
) -> Outcome:
    """Do some work in a child, in a folder; kill it after so many seconds, if asked.

    It hangs after `hang` seconds, and has the address space of `memory` bytes, None for
    all that there is.
    """
    ready, steady = os.pipe()
    with tempfile.NamedTemporaryFile() as printed:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = _do(work, folder, printed.name, steady, memory)
            finally:
                os._exit(code)
        os.close(steady)
        os.read(ready, 1)  # the clock runs from where the work begins
        os.close(ready)
        began = time.monotonic()
        was_killed = has_hung = False
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            passed = time.monotonic() - began
            was_killed = kill_after is not None and passed >= kill_after
            has_hung = passed > hang
            if was_killed or has_hung:
                os.killpg(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                break
            time.sleep(_LOOK)
        said = Path(printed.name).read_text("utf-8", errors="replace")
    seconds = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    return Outcome(
        code, said, seconds, was_killed and code == -signal.SIGKILL, has_hung
    )


def _do(
    work: Callable[[], object],
    folder: Path,
    printed: str,
    steady: int,
    memory: int | None,
) -> int:
    os.setpgid(0, 0)
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    output = os.open(printed, os.O_WRONLY | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(output, standard)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    os.write(steady, b"1")
    os.close(steady)
    try:
        code = int(work() or 0)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code
