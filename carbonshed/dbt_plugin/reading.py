"""dbt in this process, with signs of life while it reads the project.

dbt itself says nothing for 10 s, and for minutes on a busy machine. The first call of
the plugin ends them: from then on a run shows its own progress.
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from carbonshed.progress import Pace, step_lines

_PACE = Pace(first=4.0, apart=4.0, again=4.0)
reading = ExitStack()
"""What shows that dbt reads, until it is closed."""


def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run dbt with arguments, and with more in the environment; return its exit code.

    One run after the other: dbt's settings are those of the process.
    """
    before, argv = dict(os.environ), sys.argv
    # dbt would wait for a solve to end, and then print the stack of an exception
    handlers = {
        number: signal.signal(number, signal.SIG_DFL)
        for number in (signal.SIGTERM, signal.SIGHUP)
    }
    os.environ.update(environment)
    # dbt parses all of them again, also the first word
    sys.argv = ["dbt", *words]
    try:
        with reading:
            show = reading.enter_context(step_lines(_PACE, on_terminal=True))
            show("dbt reads the project")
            from dbt.cli.main import cli  # takes a second

            cli.main([*words], "dbt")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        sys.argv = argv
        os.environ.clear()
        os.environ.update(before)
    return 0
