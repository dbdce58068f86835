"""dbt, with signs of life while it reads the project: what `carbonshed build` becomes.

dbt itself says nothing for 10 s, and for minutes on a busy machine. The first call of
the plugin ends them: from then on a run shows its own progress.
"""

import sys
from contextlib import ExitStack

from carbonshed.progress import Pace, step_lines

_PACE = Pace(first=4.0, apart=4.0, again=4.0)
reading = ExitStack()
"""What shows that dbt reads, until it is closed."""


def main() -> None:
    """Run dbt with the arguments of this process."""
    with reading:
        show = reading.enter_context(step_lines(_PACE, on_terminal=True))
        show("dbt reads the project")
        from dbt.cli.main import cli  # takes a second

        # dbt parses all of argv again, also its first word: after `python -c` an option
        sys.argv[0] = "dbt"
        cli()
