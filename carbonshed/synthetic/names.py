"""Invented names of cities and provinces.

The syllables are put together so that the results can be said aloud and belong to
no language. Names do not depend on the seed: the first city of every synthetic
dataset has the same name.
"""

from math import gcd

_CITY_STARTS = (
    "Vosk", "Quel", "Zar", "Threl", "Olv", "Yim", "Drav", "Ulph", "Keth", "Xan",
    "Brun", "Iskw", "Phal", "Gwel", "Mirv", "Jorb", "Czel", "Ebr", "Snav", "Wurl",
    "Tazh", "Aldw", "Hlor",
)  # fmt: skip
_CITY_MIDDLES = (
    "ami", "ebro", "indo", "ovu", "uska", "arre", "ilmo", "ozha", "ukri", "eptu",
    "aulo", "igga", "omve",
)  # fmt: skip
_CITY_ENDS = ("thar", "qua", "vix", "lund", "zeth", "drim", "phon", "gash", "wyn",
              "broth", "squen")  # fmt: skip
_PROVINCE_STARTS = (
    "Thalv", "Qor", "Vess", "Dzim", "Ulgr", "Iphr", "Zhol", "Ekw", "Morv", "Jask",
    "Yeld",
)  # fmt: skip
_PROVINCE_ENDS = ("onquia", "arvia", "uldia", "imbria", "ethnia", "ozzia", "aphia")


def city_name(number: int) -> str:
    """Return the invented name of city `number`, counted from 0."""
    return _name(number, (_CITY_STARTS, _CITY_MIDDLES, _CITY_ENDS))


def province_name(number: int) -> str:
    """Return the invented name of province `number`, counted from 0."""
    return _name(number, (_PROVINCE_STARTS, _PROVINCE_ENDS))


def _name(number: int, parts: tuple[tuple[str, ...], ...]) -> str:
    """Walk all combinations once, in steps that change every syllable.

    The lists have coprime lengths, so the remainders of one counter meet in every
    combination before any comes back (the Chinese remainder theorem).
    """
    size = 1
    for part in parts:
        if gcd(size, len(part)) != 1:
            raise ValueError("lists of syllables need coprime lengths")
        size *= len(part)
    cycle, position = divmod(number, size)
    name = "".join(part[position % len(part)] for part in parts)
    return f"{name} {cycle + 1}" if cycle else name
