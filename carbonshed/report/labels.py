"""Names beside marks: none lies over a mark or over another name.

Positions and sizes are pixels of the plot, from its top left corner. Marks move apart
where the plot gets wider, and names keep their distance from them: what fits into a
narrow plot fits into all wider ones of the same height.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

FONT_SIZE = 14  # pixels
_LINE = 1.15  # height of a line, in font sizes
_GAP = 3.0  # pixels between a mark and its name
# a browser may have a wider font than the one that is asked for
_RESERVE = 1.06

_BETWEEN_WORDS = " ,;:(-\N{EN DASH}"
# widths of Helvetica's letters, in font sizes
_WIDTHS = {
    letter: width
    for width, letters in (
        (0.22, "ijl'"),
        (0.28, "ft.,:;!/\\ \N{NO-BREAK SPACE}[]I|"),
        (0.34, 'r-()"*`{}'),
        (0.5, "ckszvxyJ"),
        (0.61, "FTZL+<>=~^"),
        (0.67, "ABEKPSVXY&"),
        (0.73, "CDHNRUw"),
        (0.78, "GOQ"),
        (0.84, "mM"),
        (0.95, "W%"),
        (1.02, "@"),
    )
    for letter in letters
}
_USUAL = 0.56
_WIDE = 1.0


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """Return about how many pixels wide a text is; letters of Chinese are wide."""
    return _RESERVE * size * sum(map(_letter_width, unicodedata.normalize("NFD", text)))


def _letter_width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    return _WIDTHS.get(letter, _USUAL)


def shortened(text: str, width: float) -> str:
    """Return a text that is at most so wide, cut at a word if its first one fits.

    An ellipsis stands for what is cut off, as in the macro `cut_name`.
    """
    if text_width(text) <= width:
        return text
    words = text.split()
    kept = [" ".join(words[:number]) for number in range(len(words) - 1, 0, -1)]
    letters = [text[:number] for number in range(len(text), 0, -1)]
    for part in (*kept, *letters):
        cut = f"{part.rstrip(_BETWEEN_WORDS)}…"
        if text_width(cut) <= width:
            return cut
    return "…"


@dataclass(frozen=True)
class Mark:
    """A round mark: its centre, and half its width."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Box:
    """A box that names stay out of: its sides."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Name:
    """A name beside a mark: its distance from the centre, and the side it begins at.

    The middle of the line of text is `dy` below the centre. A name that stands apart
    has a line to its mark, straight down from `line[0]` to `line[1]`.
    """

    mark: int
    text: str
    dx: float
    dy: float
    align: str
    line: tuple[float, float] | None = None


def place_names(
    marks: Sequence[Mark],
    names: Iterable[tuple[int, str]],
    size: tuple[float, float],
    blocked: Sequence[Box] = (),
    avoided: Sequence[Box] = (),
    apart: Sequence[float] = (),
    crossing: int = 0,
) -> Iterator[Name]:
    """Yield the names that have room beside their marks, the first ones first.

    Parameters
    ----------
    marks
        All marks of a plot.
    names
        Positions of marks and their names, the most important first; a name without
        room is left out.
    size
        Width and height of the plot, pixels.
    blocked
        Boxes of other things that are drawn.
    avoided
        Boxes that the first names may lie over if they have no other room.
    apart
        Distances in pixels, above or below a mark, at which a name may stand if it has
        no room beside it.
    crossing
        The number of first names; their lines may run behind other marks.

    Yields
    ------
    Name
        A name that has room, in the order given; no more are looked for than are read.
    """
    circles = np.array([(mark.x, mark.y, mark.radius) for mark in marks]).reshape(-1, 3)
    boxes = [(box.left, box.top, box.right, box.bottom) for box in blocked]
    lines = [(box.left, box.top, box.right, box.bottom) for box in avoided]

    def find(index: int, text: str, is_first: bool, others: list) -> Name | None:
        extent = text_width(text), _LINE * FONT_SIZE
        for name in _candidates(index, text, marks[index], extent[1], apart):
            box, line = _box(marks[index], name, extent), _line_box(marks[index], name)
            if any(_overlap(line, other) for other in others):
                continue
            is_clear = is_first or _is_clear(marks[index], name, circles)
            if is_clear and _has_room(box, circles, others, size):
                boxes.extend([box, line])
                return name
        return None

    for number, (index, text) in enumerate(names):
        if not text:
            continue
        is_first = number < crossing
        name = find(index, text, is_first, boxes + lines)
        if name is None and is_first and lines:
            name = find(index, text, is_first, boxes)
        if name is not None:
            yield name


def _candidates(
    index: int, text: str, mark: Mark, line: float, apart: Sequence[float]
) -> list[Name]:
    """Return places of a name, the best first."""
    beside = mark.radius + _GAP
    over = mark.radius + _GAP / 2 + line / 2
    slant = 0.71 * mark.radius + _GAP
    down = 0.71 * mark.radius + line / 2
    offsets = [
        (beside, 0.0, "left"),
        (-beside, 0.0, "right"),
        (0.0, -over, "center"),
        (0.0, over, "center"),
        (slant, -down, "left"),
        (slant, down, "left"),
        (-slant, -down, "right"),
        (-slant, down, "right"),
    ]
    names = [Name(index, text, *offset) for offset in offsets]
    for distance in apart:
        for sign in (-1, 1):
            dy = sign * (mark.radius + distance + line / 2)
            ends = sign * mark.radius, dy - sign * line / 2
            # the end of a name lies on the line to its mark, or its middle does
            names += [
                Name(index, text, dx, dy, align, ends)
                for dx, align in ((0.0, "center"), (-4.0, "left"), (4.0, "right"))
            ]
    return names


def _box(mark: Mark, name: Name, extent: tuple[float, float]) -> tuple[float, ...]:
    width, height = extent
    left = mark.x + name.dx - width * {"left": 0, "center": 0.5, "right": 1}[name.align]
    top = mark.y + name.dy - height / 2
    return left, top, left + width, top + height


def _line_box(mark: Mark, name: Name) -> tuple[float, ...]:
    """Return the box of the line from a name to its mark; an empty one without it."""
    if name.line is None:
        return mark.x, mark.y, mark.x, mark.y
    first, last = sorted(mark.y + end for end in name.line)
    return mark.x - 1, first, mark.x + 1, last


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def _is_clear(mark: Mark, name: Name, circles: np.ndarray) -> bool:
    """Return True if no other mark lies on the line between a name and its mark."""
    if name.line is None:
        return True
    first, last = sorted(mark.y + end for end in name.line)
    away_x = np.abs(circles[:, 0] - mark.x)
    away_y = np.maximum(np.maximum(first - circles[:, 1], circles[:, 1] - last), 0)
    is_other = (away_x > 0) | (circles[:, 1] != mark.y)
    return not np.any(is_other & (np.hypot(away_x, away_y) < circles[:, 2] + 1))


def _has_room(
    box: tuple[float, ...],
    circles: np.ndarray,
    boxes: list[tuple[float, ...]],
    size: tuple[float, float],
) -> bool:
    left, top, right, bottom = box
    if left < 0 or top < 0 or right > size[0] or bottom > size[1]:
        return False
    if any(_overlap(box, other) for other in boxes):
        return False
    away_x = np.maximum(np.maximum(left - circles[:, 0], circles[:, 0] - right), 0)
    away_y = np.maximum(np.maximum(top - circles[:, 1], circles[:, 1] - bottom), 0)
    return not np.any(np.hypot(away_x, away_y) < circles[:, 2] + 0.5)
