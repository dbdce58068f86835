"""The one exception that is written for people."""

import sys


class CarbonshedError(Exception):
    """A refusal with its reason.

    The message names the file and the label, says what was expected and what to
    do. The command line prints it and exits with 1, without a traceback.
    """


def is_of_storage(error: Exception) -> bool:
    """Return whether an error is that of a library which finds a file damaged.

    DuckDB and Arrow raise it when they read that part, anywhere in a command. A library
    that is not loaded has raised nothing.
    """
    kinds: list[type[Exception]] = []
    if duckdb := sys.modules.get("duckdb"):
        kinds += [duckdb.IOException, duckdb.SerializationException]
        kinds += [duckdb.FatalException, duckdb.InternalException]
    if arrow := sys.modules.get("pyarrow"):
        kinds.append(arrow.ArrowInvalid)
    return isinstance(error, tuple(kinds))
