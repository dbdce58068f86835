"""Numbers as people read them: one scale for a column, never a number without unit."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

# what rounding leaves of a zero, in units in which columns are written
_NOISE = 1e-9
_DIGITS = 3  # significant ones; digits before the point are never rounded away
_MOST_DECIMALS = 4
# the largest has five digits before the point at most: a unit below this share of it
_LEAST_SHARE = 1e-2
_MASS = ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t"), (1e-3, "kg"), (1e-6, "g"))
_COUNT = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1.0, ""))


@dataclass(frozen=True)
class Scale:
    """How the numbers of one column are written.

    Attributes
    ----------
    divisor
        What a number is divided by before it is written.
    unit
        The unit after that; empty for a plain number.
    decimals
        Digits after the point; None for three significant digits.
    """

    divisor: float
    unit: str
    decimals: int | None = None

    def text(self, value: float | None) -> str:
        """Write a number without its unit.

        What is not zero and would be written as zero is written as less than the
        smallest number of that many decimals.
        """
        if value is None or not math.isfinite(value):
            return MISSING
        scaled = value / self.divisor
        if abs(scaled) < _NOISE:
            scaled = 0.0
        decimals = _decimals(scaled) if self.decimals is None else self.decimals
        smallest = 10.0**-decimals
        if scaled != 0 and abs(scaled) < smallest / 2:
            return f"{'<' if scaled > 0 else '>' + MINUS}{smallest:.{decimals}f}"
        return f"{scaled:,.{decimals}f}".replace("-", MINUS)

    def full(self, value: float | None) -> str:
        """Write a number with its unit."""
        text = self.text(value)
        if text == MISSING or not self.unit:
            return text
        return f"{text} {self.unit}"


def scale(values: Iterable[float | None], unit: str, currency: str = "") -> Scale:
    """Choose how the numbers of a column are written.

    The unit is that in which the middle one reads well, so that one giant does not
    leave the others without digits.

    Parameters
    ----------
    values
        The numbers; those that are missing or not finite are passed over.
    unit
        `t`, `t per person`, `t per currency`, `currency`, `currency per person`,
        `person`, `count`, `year`, `share`, `ratio` or `index`.
    currency
        Name of the currency.
    """
    if unit in ("count", "year"):
        return Scale(1.0, "", 0)
    if unit == "share":
        return Scale(0.01, "%", 1)
    if unit == "ratio":
        return Scale(1.0, "", 2)
    if unit == "index":
        return Scale(1.0, "", 3)
    sizes = [abs(v) for v in values if v is not None and math.isfinite(v)]
    largest = max(sizes, default=0.0)
    # zeros, and what rounding leaves of them, do not decide
    sizes = [each for each in sizes if each > _NOISE * largest]
    middle = statistics.median(sizes) if sizes else 0.0
    return Scale(*_step(max(middle, largest * _LEAST_SHARE), unit, currency))


def _step(size: float, unit: str, currency: str) -> tuple[float, str]:
    """Return a divisor that leaves a number from 1 to 999, and the unit after it."""
    base, _, per = unit.partition(" per ")
    after = f" per {currency if per == 'currency' else per}" if per else ""
    if base == "t":
        divisor, name = _first(size, _MASS)
        return divisor, f"{name}{after}"
    word = currency if base == "currency" else "people" if base == "person" else base
    # a mean income is read in single units
    if per:
        return 1.0, f"{word}{after}"
    divisor, name = _first(size, _COUNT)
    return divisor, f"{name} {word}".strip()


def _first(size: float, steps: Sequence[tuple[float, str]]) -> tuple[float, str]:
    if size == 0:
        return next(step for step in steps if step[0] == 1.0)
    return next((step for step in steps if size >= step[0]), steps[-1])


def _decimals(value: float) -> int:
    """Return the decimals that leave three significant digits to a number."""
    if value == 0:
        return 0
    # as it will be read: 9.996 is written 10.0
    order = math.floor(math.log10(float(f"{abs(value):.{_DIGITS - 1}e}")))
    return min(max(_DIGITS - 1 - order, 0), _MOST_DECIMALS)


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a share as a percentage."""
    return Scale(0.01, "%", decimals).full(value)
