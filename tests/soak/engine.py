"""One engine of destruction: a command runs in a child, whole or killed, and is judged.

Inputs and stored files that are spoiled, commands that are killed, hostile questions
and rounds of publications are players of it: each plays rounds, numbered by seeds.
"""

import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HANG = 60.0  # seconds
MEMORY = 6_000_000_000  # bytes
WRONG = 77  # exit code of a command whose result is wrong
# for developers only
INSIDES = ("Traceback (most recent call last)", "INTERNAL Error", "Stack Trace")
_POLL_SECONDS = 0.002
_CHARACTERS_SHOWN = 2000

Work = Callable[[], object]


@dataclass(frozen=True)
class Outcome:
    """The end of a child: exit code or minus the signal, and all that it printed.

    `was_killed` and `has_hung` tell whether the engine ended it, as asked or because
    it took too long.
    """

    code: int
    text: str
    seconds: float
    was_killed: bool = False
    has_hung: bool = False


def run_command(words: tuple[str, ...]) -> int:
    """Run a command of the package in this process; return its exit code."""
    from carbonshed.cli import app

    sys.argv = ["carbonshed", *words]
    try:
        app()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    return 0


def start(work: Work, folder: Path, log: str, memory: int | None = None) -> int:
    """Start some work in a child, in a folder; return its id once it is under way.

    It prints into the file `log`; its exit code is what the work returns, 0 for None.
    """
    ready, steady = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = _do(work, folder, log, steady, memory)
        finally:
            os._exit(code)
    os.close(steady)
    os.read(ready, 1)  # the clock runs from where the work begins
    os.close(ready)
    return child


def run(
    work: Work,
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
    with tempfile.NamedTemporaryFile() as log:
        child = start(work, folder, log.name, memory)
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
            time.sleep(_POLL_SECONDS)
        text = Path(log.name).read_text("utf-8", errors="replace")
    seconds = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    was_killed = was_killed and code == -signal.SIGKILL
    return Outcome(code, text, seconds, was_killed, has_hung)


def _do(work: Work, folder: Path, log: str, steady: int, memory: int | None) -> int:
    os.setpgid(0, 0)
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for standard in (1, 2):
        os.dup2(output, standard)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    os.write(steady, b"1")
    os.close(steady)
    try:
        result = work()
        code = result if isinstance(result, int) else 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


class Player:
    """Rounds of one kind of destruction: counts of their outcomes, and faults."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.seconds: dict[str, float] = {}  # of a command that is not killed

    def play(self, seed: int) -> None:
        """Play one round."""
        raise NotImplementedError

    def end(self) -> None:
        """Check what the last round has left."""

    def fault(self, kind: str, what: str, text: object) -> None:
        """Record that something is not as it must be."""
        self.counts[kind] += 1
        self.faults.append(f"{kind}: {what}\n{str(text)[-_CHARACTERS_SHOWN:]}")

    def ended_badly(
        self, what: str, outcome: Outcome, *, has_own_words: bool = False
    ) -> bool:
        """Return whether a command ended as it may not, which is recorded.

        It ends with exit code 0, or with 1 and a reason in words. Builds and
        `status` have words of their own, and an audit names each check that fails.
        """
        has_reason = "error:" in outcome.text or "\nFAIL    " in outcome.text
        # dbt ends with 2 where it has refused before it runs anything
        if outcome.has_hung:
            kind = "hang"
        elif outcome.code == WRONG:
            kind = "wrong"
        elif any(words in outcome.text for words in INSIDES):
            kind = "traceback"
        elif outcome.code not in ((0, 1, 2) if has_own_words else (0, 1)):
            kind = "crash"
        elif outcome.code == 1 and not has_own_words and not has_reason:
            kind = "no reason"
        else:
            return False
        self.fault(kind, f"{what}: exit {outcome.code}", outcome.text)
        return True

    def must_do(
        self,
        kind: str,
        what: str,
        work: Work,
        folder: Path,
        **limits: float | None,
    ) -> Outcome:
        """Run some work to its end; a failure is a fault of a kind."""
        outcome = run(work, folder, **limits)
        if outcome.code:
            self.fault(kind, what, outcome.text)
        return outcome

    def kill(
        self, name: str, seed: int, work: Work, folder: Path, **limits: float | None
    ) -> str:
        """Kill some work at a random moment of its usual time; return what was done."""
        moment = random.Random(seed).uniform(0, 1.1 * self.seconds[name])
        outcome = run(work, folder, moment, **limits)
        what = f"{name}, seed {seed}, after {moment:.3f} s"
        if outcome.was_killed:
            self.counts[f"{name} killed"] += 1
        elif outcome.code:
            self.fault("failed", what, outcome.text)
        else:
            self.counts[f"{name} ended before"] += 1
        return what
