"""The descriptor ``datapackage.json``: who made the table, in which money."""

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carbonshed.dataset.contract import DESCRIPTOR_FILE
from carbonshed.errors import CarbonshedError

_LONGEST_SHOWN = 80
_CURRENCY = re.compile(r"[A-Z]{3}")
_YEAR = re.compile(r"-?(0|[1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Descriptor:
    """What the descriptor says, checked.

    Attributes
    ----------
    title
        Title of the table; None if the descriptor has none.
    currency, currency_unit, price_basis, country
        As in the `mrio` block; `currency_unit` is the number of single currency
        units in one stored unit.
    licence, source
        Titles of all licences and sources, joined by "; "; None without any.
    is_synthetic
        True if the numbers were made up.
    currency_per_usd
        Exchange rate by year.
    """

    title: str | None
    currency: str
    currency_unit: float
    price_basis: str
    country: str
    licence: str | None
    source: str | None
    is_synthetic: bool
    currency_per_usd: dict[int, float] = field(default_factory=dict)


def read_descriptor(path: Path) -> dict[str, Any]:
    """Read a descriptor from `path`.

    Raises
    ------
    CarbonshedError
        If the file is missing, not UTF-8, not JSON or not a JSON object.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CarbonshedError(
            f"{path.name}: no such file in {path.parent}; expected a Frictionless "
            "data package descriptor with an `mrio` block "
            "(`carbonshed template tidy FOLDER` writes one to fill in)"
        ) from None
    except UnicodeDecodeError as error:
        raise CarbonshedError(
            f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from None
    except OSError as error:
        raise CarbonshedError(f"{path.name}: cannot be read: {error}") from None
    try:
        content = json.loads(text, object_pairs_hook=_unique, parse_constant=_not_json)
        json.dumps(content, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise CarbonshedError(
            f"{path.name}: not JSON: {error.msg} "
            f"(line {error.lineno}, column {error.colno})"
        ) from None
    except UnicodeEncodeError:  # a ValueError too, but one that can be named
        raise CarbonshedError(
            f"{path.name}: holds half a character (a lone surrogate)"
        ) from None
    except RecursionError:
        raise CarbonshedError(f"{path.name}: nested too deeply") from None
    except ValueError as error:  # Python refuses whole numbers of 5,000 digits
        raise CarbonshedError(f"{path.name}: cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise CarbonshedError(f"{path.name}: expected a JSON object, {{...}}")
    return content


def _not_json(word: str) -> None:
    raise CarbonshedError(f"{DESCRIPTOR_FILE}: {word} is not a number in JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CarbonshedError(f"{DESCRIPTOR_FILE}: the key {twice!r} occurs twice")
    return content


def parse_descriptor(content: dict[str, Any]) -> Descriptor:
    """Check the fields of a descriptor.

    Parameters
    ----------
    content
        The descriptor as a dictionary. `title`, `licenses` and `sources` may be
        missing, the `mrio` block and its required fields may not.

    Raises
    ------
    CarbonshedError
        If a field is missing or has the wrong type; the message names the field.
    """
    _optional_text(content, "name")
    block = content.get("mrio")
    if not isinstance(block, dict):
        raise CarbonshedError(
            f"{DESCRIPTOR_FILE}: the block `mrio` is missing or not an object; "
            "expected currency, currency_unit, price_basis and country in it"
        )
    synthetic = block.get("synthetic")
    if synthetic is None:
        synthetic = False
    if not isinstance(synthetic, bool):
        raise _wrong("mrio.synthetic", synthetic, "true or false")
    return Descriptor(
        title=_optional_text(content, "title"),
        currency=_code(block, "currency", "an ISO 4217 code such as EUR"),
        currency_unit=_positive("mrio.currency_unit", block.get("currency_unit")),
        price_basis=_required_text(block, "price_basis"),
        country=_code(block, "country", "an ISO 3166 alpha-3 code, or WLD"),
        licence=_joined(content, "licenses"),
        source=_joined(content, "sources"),
        is_synthetic=synthetic,
        currency_per_usd=_exchange_rates(block),
    )


def _wrong(label: str, found: Any, expected: str) -> CarbonshedError:
    if found is None:
        return CarbonshedError(
            f"{DESCRIPTOR_FILE}: `{label}` is missing; expected {expected}"
        )
    shown = json.dumps(found, ensure_ascii=False)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}..."
    return CarbonshedError(
        f"{DESCRIPTOR_FILE}: `{label}` is {shown}; expected {expected}"
    )


def _optional_text(content: dict[str, Any], key: str) -> str | None:
    text = content.get(key)
    if text is None:
        return None
    if not isinstance(text, str) or not text.strip():
        raise _wrong(key, text, "a text")
    return text


def _required_text(block: dict[str, Any], key: str) -> str:
    text = block.get(key)
    if not isinstance(text, str) or not text.strip():
        raise _wrong(f"mrio.{key}", text, "a text such as 'basic prices, current'")
    return text


def _code(block: dict[str, Any], key: str, expected: str) -> str:
    code = block.get(key)
    if not isinstance(code, str) or not _CURRENCY.fullmatch(code):
        raise _wrong(f"mrio.{key}", code, f"three capital letters: {expected}")
    return code


def _positive(label: str, found: Any) -> float:
    try:
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        number = float(found) if is_number else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number <= 0:
        raise _wrong(label, found, "a number above 0")
    return number


def _joined(content: dict[str, Any], key: str) -> str | None:
    """Return the titles in the list `key`, e.g. of all licences, as one text."""
    entries = content.get(key)
    if entries is None:
        return None
    if not isinstance(entries, list):
        raise _wrong(key, entries, "a list of objects with a `title`")
    labels = []
    for entry in entries:
        fields = entry if isinstance(entry, dict) else {}
        texts = [fields.get(field) for field in ("title", "name", "path")]
        label = next((text for text in texts if isinstance(text, str) and text), None)
        if label is None:
            raise _wrong(key, entries, "a list of objects with a `title`")
        labels.append(label)
    return "; ".join(labels) or None


def _exchange_rates(block: dict[str, Any]) -> dict[int, float]:
    rates = block.get("currency_per_usd")
    if rates is None:
        return {}
    expected = 'an object of years and numbers above 0, such as {"2012": 6.3125}'
    if not isinstance(rates, dict):
        raise _wrong("mrio.currency_per_usd", rates, expected)
    parsed = {}
    for year, rate in rates.items():
        if not _YEAR.fullmatch(year):
            raise _wrong("mrio.currency_per_usd", rates, expected)
        parsed[int(year)] = _positive(f"mrio.currency_per_usd.{year}", rate)
    return parsed
