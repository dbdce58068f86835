"""The one exception that is written for people."""

import sys


class CarbonshedError(Exception):
    """A refusal with its reason.

    The message names the file and the label, says what was expected and what to
    do. The command line prints it and exits with 1, without a traceback.
    """


def is_of_storage(error: Exception) -> bool:
    """Return whether a library has found that a file is not as it was written.

    DuckDB and Arrow find it where they read that part: anywhere in a command. A library
    that is not loaded has found nothing.
    """
    kinds: list[type[Exception]] = []
    if duckdb := sys.modules.get("duckdb"):
        kinds += [duckdb.IOException, duckdb.SerializationException]
        kinds += [duckdb.FatalException, duckdb.InternalException]
    if arrow := sys.modules.get("pyarrow"):
        kinds.append(arrow.ArrowInvalid)
    return isinstance(error, tuple(kinds))
