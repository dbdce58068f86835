"""Compare with printed numbers to exactly the precision they were printed with."""

import math

import numpy as np


def printed(value: float, digits: int, terms: int = 1) -> "Printed":
    """Return a printed number to compare with ``==``.

    Parameters
    ----------
    value : float
        The number as it stands in the source.
    digits : int
        Digits after the decimal point; negative if it was rounded to tens or more.
    terms : int
        How many rounded numbers were added up to it.
    """
    return Printed(value, digits, terms)


class Printed:
    """A number known to half a unit of its last digit, times the terms added."""

    def __init__(self, value: float, digits: int, terms: int = 1) -> None:
        self.value = value
        self.tolerance = 0.5 * 10.0**-digits * terms

    def __eq__(self, other: object) -> bool:
        """Whether a computed number would have been printed like this."""
        computed = float(other)
        if not math.isfinite(computed):
            return False
        slack = 4 * np.spacing(max(abs(self.value), abs(computed)))
        return abs(computed - self.value) <= self.tolerance + slack

    __hash__ = None

    def __repr__(self) -> str:
        """Show the number with its tolerance."""
        return f"{self.value} +- {self.tolerance:g}"


def all_printed(values: object, digits: int, terms: int = 1) -> object:
    """Return a printed table to compare with ``==`` on arrays of the same shape."""
    return PrintedTable(np.asarray(values, dtype=float), digits, terms)


class PrintedTable:
    """A table of numbers printed with the same digits."""

    def __init__(self, values: np.ndarray, digits: int, terms: int = 1) -> None:
        self.values, self.digits, self.terms = values, digits, terms

    def __eq__(self, other: object) -> bool:
        """Whether the shape is the same and every cell agrees."""
        computed = np.asarray(other, dtype=float)
        if computed.shape != self.values.shape:
            return False
        return all(
            Printed(value, self.digits, self.terms) == number
            for value, number in zip(self.values.ravel(), computed.ravel(), strict=True)
        )

    __hash__ = None

    def __repr__(self) -> str:
        """Show the table."""
        return f"{self.values} to {self.digits} digits"
