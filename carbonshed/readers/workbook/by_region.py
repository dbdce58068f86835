"""Sheets and files by region: a frame for each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from carbonshed.readers.workbook.frames import Frame

_ORIGIN, _DESTINATION, _BOTH = "{origin}", "{destination}", "{region}"

Variant = tuple[Frame, int | None, int | None]


def by_region(frame: Frame, names: Sequence[str]) -> Iterator[Variant]:
    """Yield the frame of each sheet by region.

    Parameters
    ----------
    frame
        With ``{origin}``, ``{destination}`` or ``{region}`` in its sheet or file.
    names
        What stands for each region there.

    Yields
    ------
    frame, origin, destination
        The region of all its rows and of all its columns; None where labels say it.
    """
    name = f"{frame.file or ''}|{frame.sheet or ''}"
    regions = range(len(names))
    if _BOTH in name:
        for region in regions:
            yield _filled(frame, names, region, region), region, region
        return
    for origin in regions if _ORIGIN in name else [None]:
        for destination in regions if _DESTINATION in name else [None]:
            own = _filled(frame, names, origin, destination)
            yield own, origin, destination


def _filled(
    frame: Frame, names: Sequence[str], origin: int | None, destination: int | None
) -> Frame:
    """Return the frame with the names of its regions put in."""

    def fill(text: str | None) -> str | None:
        for mark, region in (
            (_ORIGIN, origin),
            (_BOTH, origin),
            (_DESTINATION, destination),
        ):
            if text and region is not None:
                text = text.replace(mark, names[region])
        return text

    return replace(frame, file=fill(frame.file), sheet=fill(frame.sheet))
