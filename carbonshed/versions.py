"""Versions of stored files, so that files of another version are not misread.

A number goes up when files of an earlier version can no longer be read as they are.
Files without a number were written before there were any.
"""

from carbonshed import __version__

DATASET = 1  # data/NAME/
SOLVE = 2  # a folder of the solve store
WORK_FILE = 4  # warehouse/NAME.duckdb
PUBLICATION = 4  # warehouse/published/NAME.duckdb, and the folders beside it


def refusal(subject: str, stored: object, current: int, remedy: str) -> str | None:
    """Return why something stored cannot be read by this version, None if it can.

    `subject` names it, `stored` is its number (None without one), `current` the number
    that this version writes and reads, and `remedy` the command that makes it anew.
    """
    is_number = type(stored) is int  # `true` in JSON is 1 to Python, but not a version
    if is_number and stored == current:
        return None
    if stored is None or (is_number and stored < current):
        return (
            f"{subject} was stored by an earlier version of Carbonshed (layout"
            f" {stored or 'without a number'}; this version reads {current}): {remedy}"
        )
    return (
        f"{subject} was stored by a newer version of Carbonshed (layout {stored}; this"
        f" version, {__version__}, reads {current}): go on with the newer one, or"
        f" {remedy}"
    )
