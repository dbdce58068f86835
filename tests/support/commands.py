"""Commands of the package, run in this process."""

from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError


def run_command(*words: object, stdin: str | bytes = "") -> str:
    """Return what a command prints; raise what it refuses, of which it prints none."""
    result = CliRunner().invoke(_commands, [str(word) for word in words], input=stdin)
    if isinstance(result.exception, CarbonshedError):
        assert result.stdout == ""
        raise result.exception
    assert result.exit_code == 0, result.exception or result.output
    return result.stdout
