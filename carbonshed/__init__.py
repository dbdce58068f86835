"""Carbonshed: an analytical database for consumption-based carbon accounting."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from carbonshed.ask.publication import Publication

__version__ = "0.1.0"
__all__ = ["open"]


def open(  # noqa: A001, it is said as carbonshed.open
    name: str | None = None, project: "str | Path | None" = None
) -> "Publication":
    """Open the publication of a dataset, read-only: its marts, and SQL on them.

    Parameters
    ----------
    name
        A published dataset; without it, the default one.
    project
        The project folder. Without it, the current one or the nearest above it that
        is one; outside of any, that of the environment variable ``CARBONSHED_PROJECT``.

    Returns
    -------
    Publication
        See `carbonshed.ask.publication.Publication`.

    Raises
    ------
    CarbonshedError
        If nothing of the dataset is published there, or it cannot be opened.
    """
    from carbonshed.ask.publication import Publication

    return Publication(name, project)
