"""Numbers as people read them, the same in the report and in answers of commands.

A column has one scale, chosen by its unit and its middle number. Three digits are
significant; digits before the point are never rounded away. Shares have one decimal,
those below one per cent three digits; ratios have two decimals, indices three. A number
that is not zero is never written as zero.
"""

import math
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

# noise that rounding leaves of a zero, in the unit of the column
_NOISE = 1e-9
_SIGNIFICANT_DIGITS = 3
_MAX_DECIMALS = 4
# the largest has five digits before the point at most: a unit below this share of it
_MIN_SHARE = 1e-2
# one decimal of a per cent would leave less than two digits to smaller ones
_MIN_FIXED_SHARE = 0.01
_MASS = ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t"), (1e-3, "kg"), (1e-6, "g"))
_COUNT = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1.0, ""))
_EXACT = ("count", "rank", "position")
_FIXED = {"share": (0.01, "%", 1), "ratio": (1.0, "", 2), "index": (1.0, "", 3)}
# units that are not written beside a number
PLAIN_UNITS = ("year", *_EXACT, "ratio", "index")
_TERMINAL = str.maketrans({MISSING: "-", MINUS: "-"})
# a number with its unit, as sentences have it: 5 %, 34.3 Mt, 15.9 t per person
_WITH_UNIT = re.compile(
    r"\d (?:%|(?:[GMk]?t|k?g|tonnes?|(?:(?:m|b|tr)illion )?(?:people|[A-Z]{3})|"
    r"(?:m|b|tr)illion)\b(?: per person\b)?)"
)


@dataclass(frozen=True)
class Scale:
    """The way in which the numbers of one column are written."""

    divisor: float  # the size of the unit in which numbers are written
    unit: str  # that unit; empty for a plain number
    decimals: int | None = None  # None for three significant digits
    has_commas: bool = True  # between thousands: in everything but years
    is_scientific: bool = False  # a power of ten, for numbers next to zero

    def text(self, value: float | None) -> str:
        """Write a number without its unit.

        A number that would round to zero is written as less than the smallest number
        of that many decimals. Whole numbers of single units have no decimals.
        """
        if value is None or not math.isfinite(value):
            return MISSING
        if self.is_scientific:
            return f"{value:.1e}".replace("-", MINUS)
        scaled = float(value) / self.divisor
        if abs(scaled) < _NOISE:
            scaled = 0.0
        decimals = self.decimals
        if decimals is None:
            is_whole = isinstance(value, int) and self.divisor == 1
            decimals = 0 if is_whole else _decimals(scaled)
        smallest = 10.0**-decimals
        if scaled != 0 and abs(scaled) < smallest / 2:
            return f"{'<' if scaled > 0 else '>' + MINUS}{smallest:.{decimals}f}"
        commas = "," if self.has_commas else ""
        return f"{scaled:{commas}.{decimals}f}".replace("-", MINUS)

    def full(self, value: float | None) -> str:
        """Write a number with its unit."""
        text = self.text(value)
        if text == MISSING or not self.unit:
            return text
        return f"{text} {self.unit}"

    def beside_words(self, value: float | None) -> str:
        """Write a number with its unit, where words say that it is per person."""
        return self.full(value).removesuffix(" per person")


def choose_scale(
    values: Iterable[float | None], unit: str, currency: str = ""
) -> Scale:
    """Choose how the numbers of a column are written.

    The unit is that in which the middle one reads well, so that one giant does not
    leave the others without digits.

    Parameters
    ----------
    values
        The numbers; those that are missing or not finite are passed over.
    unit
        As in the marts: `t`, `currency` or `person`, alone or per something; `share`,
        `ratio`, `index`, `year`, `count`, `rank`, `position`; `tiny` for residuals and
        the like; any other unit is written as it is, empty for none.
    currency
        Name of the currency.
    """
    if unit == "year":
        return Scale(1.0, "", 0, has_commas=False)
    if unit == "tiny":
        return Scale(1.0, "", is_scientific=True)
    if unit in _EXACT:
        return Scale(1.0, "", 0)
    sizes = [abs(float(v)) for v in values if v is not None and math.isfinite(v)]
    largest = max(sizes, default=0.0)
    # zeros, and the noise that rounding leaves of them, do not count
    sizes = [size for size in sizes if size > _NOISE * largest]
    middle = statistics.median(sizes) if sizes else 0.0
    if unit == "share" and 0 < middle < _MIN_FIXED_SHARE:
        return Scale(0.01, "%")
    if unit in _FIXED:
        return Scale(*_FIXED[unit])
    return Scale(*_step(max(middle, largest * _MIN_SHARE), unit, currency))


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a share as a percentage."""
    return Scale(0.01, "%", decimals).full(value)


def unbroken(text: str) -> str:
    """Return a text in which no line ends between a number and its unit."""
    return _WITH_UNIT.sub(
        lambda match: match[0].replace(" ", "\N{NO-BREAK SPACE}"), text
    )


def signed_percent(value: float) -> str:
    """Write a relative difference as a whole percentage with its sign."""
    return f"{'+' if value >= 0 else MINUS}{percent(abs(value), 0)}"


def for_terminal(text: str) -> str:
    """Return a written number with the signs of a keyboard, for a terminal or code."""
    return text.translate(_TERMINAL)


def _step(size: float, unit: str, currency: str) -> tuple[float, str]:
    """Return a divisor that leaves a number from 1 to 999, and the unit after it."""
    base, _, per = unit.partition(" per ")
    after = f" per {currency if per == 'currency' and currency else per}" if per else ""
    if base == "t":
        divisor, name = _largest_step(size, _MASS)
        return divisor, f"{name}{after}"
    is_counted = base in ("currency", "person", "persons")
    if is_counted:
        base = (currency or base) if base == "currency" else "people"
    # a mean income is read in single units
    if per or not is_counted:
        return 1.0, f"{base}{after}"
    divisor, name = _largest_step(size, _COUNT)
    return divisor, f"{name} {base}".strip()


def _largest_step(size: float, steps: Sequence[tuple[float, str]]) -> tuple[float, str]:
    if size == 0:
        return next(step for step in steps if step[0] == 1.0)
    return next((step for step in steps if size >= step[0]), steps[-1])


def _decimals(value: float) -> int:
    """Return the decimals that leave three significant digits to a number."""
    if value == 0:
        return 0
    # as it will be read: 9.996 is written 10.0
    order = math.floor(math.log10(float(f"{abs(value):.{_SIGNIFICANT_DIGITS - 1}e}")))
    return min(max(_SIGNIFICANT_DIGITS - 1 - order, 0), _MAX_DECIMALS)
