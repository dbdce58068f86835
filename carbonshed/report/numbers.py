"""Numbers as people read them: one scale for a column, never a number without unit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

# what rounding leaves of a zero, in units in which columns are written
_NOISE = 1e-9
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
        Digits after the point.
    """

    divisor: float
    unit: str
    decimals: int

    def text(self, value: float | None) -> str:
        """Write a number without its unit.

        What is not zero and would be written as zero is written as less than the
        smallest number of that many decimals.
        """
        if value is None or not math.isfinite(value):
            return MISSING
        scaled = value / self.divisor
        smallest = 10.0**-self.decimals
        if abs(scaled) < _NOISE:
            scaled = 0.0
        if scaled != 0 and abs(scaled) < smallest / 2:
            return f"{'<' if scaled > 0 else '>' + MINUS}{smallest:.{self.decimals}f}"
        return f"{scaled:,.{self.decimals}f}".replace("-", MINUS)

    def full(self, value: float | None) -> str:
        """Write a number with its unit."""
        text = self.text(value)
        if text == MISSING or not self.unit:
            return text
        return f"{text} {self.unit}"


def scale(values: Iterable[float | None], unit: str, currency: str = "") -> Scale:
    """Choose how the numbers of a column are written.

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
    largest = max(
        (abs(value) for value in values if value is not None and math.isfinite(value)),
        default=0.0,
    )
    if unit in ("count", "year"):
        return Scale(1.0, "", 0)
    if unit == "share":
        return Scale(0.01, "%", 1)
    if unit == "ratio":
        return Scale(1.0, "", 2)
    if unit == "index":
        return Scale(1.0, "", 3)
    divisor, name = _step(largest, unit, currency)
    return Scale(divisor, name, _decimals(largest / divisor))


def _step(largest: float, unit: str, currency: str) -> tuple[float, str]:
    """Return a divisor that leaves a number from 1 to 999, and the unit after it."""
    base, _, per = unit.partition(" per ")
    after = f" per {currency if per == 'currency' else per}" if per else ""
    if base == "t":
        divisor, name = _first(largest, _MASS)
        return divisor, f"{name}{after}"
    word = currency if base == "currency" else "people" if base == "person" else base
    # a mean income is read in single units
    if per:
        return 1.0, f"{word}{after}"
    divisor, name = _first(largest, _COUNT)
    return divisor, f"{name} {word}".strip()


def _first(largest: float, steps: Sequence[tuple[float, str]]) -> tuple[float, str]:
    if largest == 0:
        return next(step for step in steps if step[0] == 1.0)
    return next((step for step in steps if largest >= step[0]), steps[-1])


def _decimals(largest: float) -> int:
    """Return the decimals that leave three or four digits to the largest number."""
    if largest == 0:
        return 0
    return min(max(3 - math.floor(math.log10(largest)), 0), 2)


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a share as a percentage."""
    return Scale(0.01, "%", decimals).full(value)
