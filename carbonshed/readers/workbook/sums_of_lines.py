"""Which lines beside a block are sums of others, and which hold their own numbers."""

from collections.abc import Sequence
from itertools import product

import numpy as np

_GAP = 2e-3  # relative: sums of rounded numbers
_MOST_LINES = 150  # of more, the first are tried
_MOST_IN_SETS = 11  # lines of which all sets are tried
_MOST_PLACES = 64


def own_numbers(lines: Sequence[np.ndarray], is_read: Sequence[bool]) -> list[int]:
    """Return the lines that are neither read nor explained by others.

    Parameters
    ----------
    lines
        Numbers of all lines in order, a block as one of them, each of shape (m,).
    is_read
        Whether a line is read.

    Returns
    -------
    list of int
        Positions of lines that are no sum of others, and no parts of a line that is
        read.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return _own_numbers(lines, is_read)


def _own_numbers(lines: Sequence[np.ndarray], is_read: Sequence[bool]) -> list[int]:
    count = min(len(lines), _MOST_LINES)
    table = _sampled(np.array([lines[k] for k in range(count)], dtype=float))
    left = list(range(count))
    has_changed = True
    while has_changed:
        has_changed = False
        for k in [k for k in left if not is_read[k]]:
            others = [other for other in left if other != k]
            read = [other for other in others if is_read[other]]
            if _is_sum(table[k], table[others], table[read]):
                left.remove(k)
                has_changed = True
    unread = [k for k in left if not is_read[k]]
    parts = set()
    for k in left:
        if is_read[k]:
            first, end = _run(table[k], table[unread]) or (0, 0)
            parts |= set(unread[first:end]) if end - first > 1 else set()
    return [k for k in unread if k not in parts] + list(range(count, len(lines)))


def _is_sum(line: np.ndarray, others: np.ndarray, read: np.ndarray) -> bool:
    if not line.any() or not len(others):
        return False
    first = read[:1] if len(read) else np.zeros((0, len(line)))
    # the block itself stands before the lines: it and a run of them are a total
    if _run(line, others) or any(_run(line - block, others) for block in first):
        return True
    if len(read) > _MOST_IN_SETS:
        return False
    sets = np.array(list(product((0.0, 1.0), repeat=len(read))))
    return bool(_fits(sets @ read, line).any())


def _run(line: np.ndarray, others: np.ndarray) -> tuple[int, int] | None:
    """Return the neighbouring lines that a line adds up, None if it is no such sum."""
    before = np.vstack([np.zeros(len(line)), np.cumsum(others, axis=0)])
    for start in range(len(others)):
        fits = _fits(before[start + 1 :] - before[start], line)
        if fits.any():
            return start, start + 1 + int(np.argmax(fits))
    return None


def _fits(sums: np.ndarray, line: np.ndarray) -> np.ndarray:
    size = np.abs(line).sum()
    return (np.abs(sums - line).sum(axis=1) <= _GAP * size) & (size > 0)


def _sampled(table: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(np.abs(table).sum(axis=0))
    if len(places) > _MOST_PLACES:
        chosen = np.linspace(0, len(places) - 1, _MOST_PLACES).astype(int)
        places = places[chosen]
    return table[:, places]
