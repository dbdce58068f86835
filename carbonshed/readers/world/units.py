"""Units as world tables write them: ``Gg``, ``M.EUR``, ``000 US$``; exchange rates."""

import math
import re
from dataclasses import dataclass
from functools import cache

from carbonshed.files import shipped_rows

# unit as written -> unit of the contract and factor; case matters: Mg is a tonne, mg a
# milligram
_MASSES = {
    "kg": ("kg", 1.0),
    "g": ("kg", 1e-3),
    "t": ("t", 1.0),
    "Mg": ("t", 1.0),
    "kt": ("kt", 1.0),
    "Gg": ("kt", 1.0),
    "Mt": ("Mt", 1.0),
    "Tg": ("Mt", 1.0),
    "Gt": ("Gt", 1.0),
    "Pg": ("Gt", 1.0),
}
# words, in any case
_MASS_WORDS = {
    "gram": ("kg", 1e-3),
    "kilogram": ("kg", 1.0),
    "tonne": ("t", 1.0),
    "ton": ("t", 1.0),
    "metric ton": ("t", 1.0),
    "metric tonne": ("t", 1.0),
    "kiloton": ("kt", 1.0),
    "kilotonne": ("kt", 1.0),
    "1000 tonne": ("kt", 1.0),
    "1000 t": ("kt", 1.0),
    "megaton": ("Mt", 1.0),
    "megatonne": ("Mt", 1.0),
    "million tonne": ("Mt", 1.0),
    "gigaton": ("Gt", 1.0),
    "gigatonne": ("Gt", 1.0),
}
# the substance is no part of the unit: "kg CO2 eq.", "Gg CO2-eq", "kt CO2"
_SUBSTANCE = re.compile(r"\s*\(?co2\s*[- ]?\s*(e|eq|eq\.|equivalents?)?\)?$", re.I)

_FACTORS = {
    "": 1.0,
    "000": 1e3,
    "k": 1e3,
    "1000": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mio": 1e6,
    "mill": 1e6,
    "mln": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "millions of": 1e6,
    "million of": 1e6,
    "bn": 1e9,
    "billion": 1e9,
    "billions": 1e9,
    "billions of": 1e9,
}
_CURRENCIES = {"us$": "USD", "$": "USD", "dollar": "USD", "euro": "EUR", "€": "EUR"}
_MONEY = re.compile(
    r"(?P<factor>.*?)[\s.]*(?P<currency>us\$|\$|€|[a-z]{3}|euro|dollar)"
)
# GLORIA writes a typographic quote before 000
_QUOTES = "'\"`\u2018\u2019\u00b4"


@dataclass(frozen=True)
class Money:
    """A unit of money: `factor` single units of `currency`."""

    currency: str
    factor: float


def mass_of(text: str) -> tuple[str, float] | None:
    """Return the contract's unit and how many of it one is, None if not a mass.

    Examples
    --------
    >>> mass_of("Gg"), mass_of("g"), mass_of("TJ")
    (('kt', 1.0), ('kg', 0.001), None)
    """
    plain = _SUBSTANCE.sub("", " ".join(str(text).split()))
    if plain in _MASSES:
        return _MASSES[plain]
    word = plain.casefold()
    return _MASS_WORDS.get(word) or _MASS_WORDS.get(word.removesuffix("s"))


def money_of(text: str) -> Money | None:
    """Return a unit of money, None if it is none.

    Examples
    --------
    >>> money_of("M.EUR")
    Money(currency='EUR', factor=1000000.0)
    """
    plain = " ".join(str(text).split()).strip("()").casefold()
    plain = plain.translate(dict.fromkeys(map(ord, _QUOTES)))
    match = _MONEY.fullmatch(plain)
    if match is None:
        return None
    factor = _factor(match["factor"].strip(" ."))
    if factor is None:
        return None
    currency = match["currency"]
    return Money(_CURRENCIES.get(currency, currency.upper()), factor)


def _factor(word: str) -> float | None:
    if word in _FACTORS:
        return _FACTORS[word]
    try:
        factor = float(word)
    except ValueError:
        return None
    return factor if 0 < factor < math.inf else None


def usd_per_unit(currency: str, year: int) -> float | None:
    """Return how many USD one unit of a currency was worth, None without a rate."""
    return 1.0 if currency == "USD" else _rates().get((currency, year))


@cache
def _rates() -> dict[tuple[str, int], float]:
    rows = shipped_rows("carbonshed.readers.world", "usd_per_currency.csv")
    return {(row["currency"], int(row["year"])): float(row["usd"]) for row in rows}
