"""Versions of what is stored: what another version has written is not misread.

A number goes up when what an earlier version wrote can no longer be read as it is. What
has no number was written before there were any.
"""

from carbonshed import __version__

DATASET = 1  # data/NAME/
SOLVE = 2  # a folder of the solve store
WORK_FILE = 2  # warehouse/NAME.duckdb
PUBLICATION = 2  # warehouse/published/NAME.duckdb, and the folders beside it


def refusal(what: str, found: object, known: int, remedy: str) -> str | None:
    """Return why something stored cannot be read here, None if it can.

    Parameters
    ----------
    what
        The kind of thing, as people find it.
    found
        Its number; None if it has none.
    known
        The number that this version writes and reads.
    remedy
        The command that makes it anew.
    """
    is_number = type(found) is int  # true is 1 to Python, and no number of ours
    if is_number and found == known:
        return None
    if found is None or (is_number and found < known):
        return (
            f"{what} was stored by an earlier version of Carbonshed (layout"
            f" {found or 'without a number'}; this version reads {known}): {remedy}"
        )
    return (
        f"{what} was stored by a newer version of Carbonshed (layout {found}; this"
        f" version, {__version__}, reads {known}): go on with the newer one, or"
        f" {remedy}"
    )
