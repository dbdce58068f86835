"""Which lines of a table are sums of other lines."""

from dataclasses import dataclass

import numpy as np

_FARTHEST = 40  # lines after a total that comes before its parts
_MOST_SAMPLES = 64
_MOST_LINES = 4000  # of more, the last are tried
_GAP = 1e-3  # relative: sums of rounded numbers


@dataclass(frozen=True)
class Sums:
    """Sums among the lines of a table, in order.

    Attributes
    ----------
    parts
        For each line, the positions of the lines it adds up; empty for a line that is
        no sum.
    grand
        Lines that add up every line before them that is no sum.
    """

    parts: list[tuple[int, ...]]
    grand: list[int]

    def is_sum(self, line: int) -> bool:
        """Return whether a line adds up others."""
        return bool(self.parts[line])


def find_sums(lines: np.ndarray) -> Sums:
    """Find lines that are sums of a run of earlier lines, or of the lines after them.

    Parameters
    ----------
    lines : ndarray, shape (n, q)
        Numbers of n lines at q places; no NaN.

    Notes
    -----
    Sums of sums are recognised by what they add up in the end: a run of lines that are
    no sums. A line equal to the one before it is a sum of one.
    """
    n = len(lines)
    lines = _sampled(lines)
    parts: list[tuple[int, ...]] = [() for _ in range(n)]
    grand: list[int] = []
    leaves: list[int] = []
    prefix = np.zeros((n + 1, lines.shape[1]))
    for i in range(n):
        if i >= n - _MOST_LINES:
            found = _backward(lines[i], prefix[: len(leaves) + 1])
            if found is not None:
                parts[i] = tuple(leaves[found:])
                if found == 0 and len(leaves) > 1:
                    grand.append(i)
                continue
            count = _forward(lines[i], lines[i + 1 : i + 1 + _FARTHEST])
            if count:
                parts[i] = tuple(range(i + 1, i + 1 + count))
                continue
        leaves.append(i)
        prefix[len(leaves)] = prefix[len(leaves) - 1] + lines[i]
    return Sums(parts, grand)


def _sampled(lines: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(np.abs(lines).sum(axis=0))
    if len(places) > _MOST_SAMPLES:
        chosen = np.linspace(0, len(places) - 1, _MOST_SAMPLES).astype(int)
        places = places[chosen]
    return lines[:, places]


def _backward(line: np.ndarray, prefix: np.ndarray) -> int | None:
    """Return the first leaf of a run up to here that a line adds up.

    Zeros before a run would lengthen it: all leaves, or else the shortest.
    """
    if len(prefix) < 2 or not line.any():
        return None
    fits = _are_close(prefix[-1] - prefix[:-1], line)
    # a run of one is the same line again: exactly, and not by chance
    last = prefix[-1] - prefix[-2]
    fits[-1] &= (np.count_nonzero(line) > 2) and np.allclose(last, line, 1e-9, 1e-9)
    if not fits.any():
        return None
    return 0 if fits[0] else int(np.flatnonzero(fits)[-1])


def _forward(line: np.ndarray, following: np.ndarray) -> int:
    """Return how many of the lines after it a line adds up; 0 if none."""
    if len(following) < 2 or np.count_nonzero(line) < 3:
        return 0
    sums = np.cumsum(following, axis=0)
    fits = _are_close(sums, line)
    fits[0] = False
    # a sum that one line makes nearly alone says nothing
    size = np.abs(line).sum()
    fits &= np.abs(following).sum(axis=1)[0] < (1 - _GAP) * size
    return int(np.argmax(fits)) + 1 if fits.any() else 0


def _are_close(sums: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Return which rows of `sums` are the line, but for rounding."""
    gaps = np.abs(sums - line)
    size = np.abs(line)
    whole = gaps.sum(axis=1) <= _GAP * size.sum()
    each = np.median(gaps / np.where(size > 0, size, 1.0), axis=1) <= _GAP
    return whole & each
