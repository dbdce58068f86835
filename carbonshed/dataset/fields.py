"""Fields and rows of the contract: how they are parsed and why they are refused.

Fields come raw: from CSV as text, from Parquet as Python values.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from carbonshed.dataset.contract import (
    EXPORT,
    IMPORTS,
    LARGEST_SUM,
    MAX_LETTERS,
    RESERVED_IDS,
    RESERVED_STRESSOR_ID,
    UNCERTAIN_COMPONENTS,
    UNRANKED_REGION_TYPES,
    Column,
    InputTable,
)
from carbonshed.text import has_control, listing, suggestion

FIRST_YEAR, LAST_YEAR = 1, 9999
_LARGEST_COUNT = 2**63 - 1
_SHOWN = 80  # letters of a long text in a message
_TRUE_WORDS = ("true", "True", "TRUE", "1")
_FALSE_WORDS = ("false", "False", "FALSE", "0")

# kind of a row of border_charges -> the table that its id is of, and the largest value;
# None where there is nothing to say
_BORDER_ROWS: dict[str, tuple[str | None, float | None]] = {
    "zone": ("regions", None),
    "product": ("sectors", None),
    "zone_share": ("sectors", 1.0),
    "price": (None, math.inf),
    "paid_at_home": ("regions", math.inf),
}
_FOR_ALL = ("zone_share", "paid_at_home")  # their id may be empty
_EXPECTED_KINDS = {
    "zone": f"one for each region of the zone, or {EXPORT} for what leaves the table",
    "product": "one for each sector whose products are charged",
    "price": "one, with the price in its value",
}

Ids = Mapping[str, int]


class FieldError(ValueError):
    """A field does not fit its column; the message is the expectation."""


def is_empty(raw: Any) -> bool:
    """Return whether a field is NULL: an empty text is, ``NA`` is not."""
    return raw is None or raw == ""


def parse_number(raw: Any) -> float:
    """Return a field of kind ``number``; text, NaN and infinity are a FieldError."""
    try:
        # float() also takes 1_000 and digits of other scripts
        if isinstance(raw, bool) or (isinstance(raw, str) and not _is_plain(raw)):
            raise ValueError
        number = float(raw)
    except (ValueError, TypeError):
        raise FieldError("a number") from None
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FieldError("a finite number")
    return number


def parse_whole(raw: Any) -> int:
    """Return a field that must be a whole number, ``12`` or ``12.0``."""
    number = parse_number(raw)
    if number != math.floor(number):
        raise FieldError("a whole number")
    if isinstance(raw, int | Decimal):
        return int(raw)  # exact beyond 2^53
    if isinstance(raw, str):
        try:
            return int(raw)
        except ValueError:
            pass
    return int(number)


def parse_year(raw: Any) -> int:
    """Return a whole number from 1 to 9999, else a FieldError, as for the text 1e3."""
    year = parse_whole(raw)
    has_exponent = isinstance(raw, str) and "e" in raw.lower()
    if has_exponent or not FIRST_YEAR <= year <= LAST_YEAR:
        raise FieldError(f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return year


def parse_count(raw: Any) -> int:
    """Return a whole number from 0 to 2^63 - 1, else a FieldError."""
    count = parse_whole(raw)
    if count < 0:
        raise FieldError("a whole number of 0 or more")
    if count > _LARGEST_COUNT:
        raise FieldError("a whole number below 2^63")
    return count


def parse_boolean(raw: Any) -> bool:
    """Return true or false, else a FieldError."""
    if isinstance(raw, bool):
        return raw
    if raw in _TRUE_WORDS:
        return True
    if raw in _FALSE_WORDS:
        return False
    raise FieldError("true or false")


def parse_text(raw: Any) -> Any:
    """Return a text unchanged."""
    if isinstance(raw, str) and has_control(raw):
        raise FieldError("a text without control characters")
    if isinstance(raw, str) and len(raw) > MAX_LETTERS:
        raise FieldError(f"at most {MAX_LETTERS:,} letters, not {len(raw):,}")
    return raw


def parse_id(raw: Any) -> str:
    """Return an id unchanged."""
    parse_text(raw)
    if raw in RESERVED_IDS:
        raise FieldError(
            f"another id: {listing(RESERVED_IDS, separator=' and ')} are reserved for "
            "exports and for what no consumption explains"
        )
    return raw


_PARSERS = {
    "id": parse_id,
    "text": parse_text,
    "year": parse_year,
    "number": parse_number,
    "count": parse_count,
    "boolean": parse_boolean,
}


def parse_field(column: Column, raw: Any, ids: Ids | None = None) -> Any:
    """Return the value of a field, None if it is empty and may be.

    Parameters
    ----------
    column
        The column's definition in the contract.
    raw
        The field.
    ids
        The legal ids, if the column refers to another table.

    Raises
    ------
    FieldError
        If the field breaks the contract; the text continues "expected ...".
    """
    if is_empty(raw):
        if column.is_nullable:
            return None
        raise FieldError(f"{_article(column)}")
    value = _PARSERS[column.kind](raw)
    if column.vocabulary and value not in column.vocabulary:
        raise FieldError(_article(column))
    if ids is not None and value not in ids:
        raise FieldError(f"an id of {column.references}{suggestion(value, ids)}")
    return value


def describe_field(column: Column, raw: Any, error: FieldError) -> str:
    """Return "`column` is ...; expected ..."."""
    if is_empty(raw):
        problem = "is empty"
    elif column.references and str(error).startswith("an id of"):
        problem = f"has the unknown id {raw!r}"
    else:
        shown = raw if len(str(raw)) <= MAX_LETTERS else f"{str(raw)[:_SHOWN]}..."
        problem = f"is {shown!r}" if isinstance(raw, str) else f"is {shown}"
    return f"`{column.name}` {problem}; expected {error}"


def explain_row(
    table: InputTable, row: Mapping[str, Any], ids: Mapping[str, Ids]
) -> str | None:
    """Return why a row is refused, None if it is not.

    `row` has raw fields by column, `ids` the legal ids by table.
    """
    for column in table.columns:
        legal_ids = ids.get(column.references) if column.references else None
        raw = row.get(column.name)
        try:
            parse_field(column, raw, legal_ids)
        except FieldError as error:
            return f"{describe_field(column, raw, error)}{_where(table, row, column)}"
    return explain_whole(table, row, ids)


def explain_whole(
    table: InputTable, row: Mapping[str, Any], ids: Mapping[str, Ids]
) -> str | None:
    """Return why a row whose fields are good is refused, None if it is not."""
    if table.name in IMPORTS:
        return explain_import(row)
    if table.name == "characterisation_factors":
        return explain_impact(row["impact_id"], ids.get("stressors", ()))
    if table.name == "relative_errors":
        return explain_relative_error(row)
    reason = None
    if table.name == "carbon_prices":
        reason = explain_carbon_price(table, row)
    elif table.name == "border_charges":
        reason = explain_border_row(table, row, ids)
    elif table.name == "deflators" and not float(row["value"]) > 0:
        reason = f"`value` is {row['value']}; expected a price index above 0"
    elif table.name == "household_groups" and not float(row["population"]) > 0:
        reason = f"`population` is {row['population']}; expected people, above 0"
        reason += f" (in the row of {label_of(table.key, row)})"
    elif table.name == "official_footprints":
        reason = explain_official_footprint(table, row)
    elif table.name == "household_spending":
        reason = explain_spending(table, row)
    return reason


def explain_spending(table: InputTable, row: Mapping[str, Any]) -> str | None:
    """Return why what a group spends is refused: below 0, or of two kinds at once."""
    label = f" (in the row of {label_of(table.key, row)})"
    if float(row["value"]) < 0:
        return f"`value` is {row['value']}; expected 0 or more{label}"
    if is_empty(row.get("sector_id")) or is_empty(row.get("label_id")):
        return None
    return f"both `sector_id` and `label_id` are set; expected at most one{label}"


def explain_official_footprint(table: InputTable, row: Mapping[str, Any]) -> str | None:
    """Return why what is published of a region is refused: no amount to divide by."""
    amount = row["published_footprint"]
    if 0 < float(amount) <= LARGEST_SUM:
        return None
    return (
        f"`published_footprint` is {amount}; expected an amount above 0, at most "
        f"{LARGEST_SUM:g} (in the row of {label_of(table.key, row)})"
    )


def explain_carbon_price(table: InputTable, row: Mapping[str, Any]) -> str | None:
    """Return why a price on emissions is refused: a number or a mark out of range."""
    price, share = row["price"], row.get("covered_share")
    label = f" (in the row of {label_of(table.key, row)})"
    if float(price) < 0:
        return f"`price` is {price}; expected 0 or more, currency per tonne{label}"
    if not is_empty(share) and not 0 <= float(share) <= 1:
        return f"`covered_share` is {share}; expected a share from 0 to 1{label}"
    marked = row.get("covers_direct")
    if is_empty(marked) or is_empty(row.get("sector_id")) or not parse_boolean(marked):
        return None
    return (
        "`covers_direct` is true, but direct emissions are those of final users, which "
        f"have no sector; expected it in a row with an empty `sector_id`{label}"
    )


def explain_border_row(
    table: InputTable, row: Mapping[str, Any], ids: Mapping[str, Ids]
) -> str | None:
    """Return why a row of a charge at a border is refused: its id, or its value."""
    kind, named, value = row["kind"], row.get("id"), row.get("value")
    vocabulary, largest = _BORDER_ROWS[kind]
    is_optional = kind in _FOR_ALL
    label = f" (in the row of {label_of(table.key, row)})"
    legal_ids = ids.get(vocabulary or "", ())
    abroad = (EXPORT,) if kind == "zone" else ()
    expected = "nothing" if vocabulary is None else f"an id of {vocabulary}"
    if abroad:
        expected += f", or {EXPORT} for what leaves the table"
    elif is_optional and vocabulary is not None:
        expected += ", or nothing, for all"
    if is_empty(named):
        if vocabulary is not None and not is_optional:
            return f"`id` is empty with kind {kind}; expected {expected}{label}"
    elif vocabulary is None or named not in (*legal_ids, *abroad):
        near = suggestion(named, legal_ids)
        return f"`id` is {named!r} with kind {kind}; expected {expected}{near}{label}"
    if largest is None:
        expected, is_wrong = "nothing", not is_empty(value)
    else:
        is_wrong = is_empty(value) or not 0 <= float(value) <= largest
        expected = "a share from 0 to 1"
        if math.isinf(largest):
            expected = "0 or more, currency per tonne"
    shown = "empty" if is_empty(value) else value
    wrong = f"`value` is {shown} with kind {kind}; expected {expected}{label}"
    return wrong if is_wrong else None


def explain_rows(
    table: InputTable, rows: Sequence[Mapping[str, Any]], ids: Mapping[str, Ids]
) -> str | None:
    """Return why rows that are good alone are refused together, None if they are not.

    `rows` are all data rows of a file, parsed, in order.
    """
    if table.name == "carbon_prices":
        return explain_carbon_prices(rows)
    if table.name == "border_charges":
        return explain_border_charges(rows, ids)
    return None


def explain_border_charges(
    rows: Sequence[Mapping[str, Any]], ids: Mapping[str, Ids]
) -> str | None:
    """Return which charge at a border is incomplete, or has nobody to charge."""
    first_rows: dict[str, int] = {}
    kinds: dict[str, dict[str, set[str | None]]] = {}
    for number, row in enumerate(rows, start=1):
        first_rows.setdefault(row["charge_id"], number)
        named = kinds.setdefault(row["charge_id"], {})
        named.setdefault(row["kind"], set()).add(row["id"])
    for charge, named in kinds.items():
        where = f"data row {first_rows[charge]}: charge_id {charge!r}"
        for kind, expected in _EXPECTED_KINDS.items():
            if kind not in named:
                return f"{where} has no row of kind {kind}; expected {expected}"
        if named["zone"] >= set(ids.get("regions", ())):
            return (
                f"{where} has all regions in its zone, so nobody would pay; expected "
                "at least one region outside"
            )
        if "zone_share" in named and EXPORT not in named["zone"]:
            return (
                f"{where} has a zone_share, which is of the exports, but its zone is "
                f"without {EXPORT}; expected that in the zone, or no zone_share"
            )
    return None


def explain_carbon_prices(
    rows: Sequence[Mapping[str, Any]], lines: Sequence[int] = ()
) -> str | None:
    """Return which two prices are equally specific for a cell, None if none are.

    A row of a region and one of a sector are, unless a third has the ids of both.
    `lines` are those of the rows, where they are known.
    """
    places = lines or range(1, len(rows) + 1)
    numbers = {
        tuple(row[name] for name in ("price_id", "region_id", "sector_id")): number
        for number, row in zip(places, rows, strict=True)
    }
    of_regions = [key for key in numbers if key[1] is not None and key[2] is None]
    of_sectors = [key for key in numbers if key[1] is None and key[2] is not None]
    for one, other in product(of_regions, of_sectors):
        price, region, sector = one[0], one[1], other[2]
        if price != other[0] or (price, region, sector) in numbers:
            continue
        cell = {"price_id": price, "region_id": region, "sector_id": sector}
        pair = listing(sorted((numbers[one], numbers[other])), separator=" and ")
        return (
            f"{'lines' if lines else 'data rows'} {pair} are equally specific for"
            f" {label_of(tuple(cell), cell)}; expected a third row with the ids of"
            " both, which says what counts there"
        )
    return None


def explain_relative_error(row: Mapping[str, Any]) -> str | None:
    """Return why a row of relative_errors is refused: below 0, or an id too many."""
    error = row["relative_standard_error"]
    if float(error) < 0:
        return f"`relative_standard_error` is {error}; expected 0 or more"
    component = row["component"]
    has = {name: not is_empty(row.get(name)) for name in ("stressor_id", "sector_id")}
    if has["stressor_id"] and component not in UNCERTAIN_COMPONENTS[:2]:
        return f"{component} have no stressor; expected an empty `stressor_id`"
    if has["sector_id"] and component == "direct_emissions":
        return f"{component} have no sector; expected an empty `sector_id`"
    return None


def explain_import(row: Mapping[str, Any]) -> str | None:
    """Return why a row of imports is refused: it needs exactly one buyer."""
    if reason := explain_choice(row, "sector_id", "category_id"):
        reason += f" (year {row['year']}, region_id {row['region_id']!r})"
    return reason


def explain_choice(row: Mapping[str, Any], one: str, other: str) -> str | None:
    """Return why a row is refused that must have exactly one of two ids."""
    is_without = [is_empty(row.get(name)) for name in (one, other)]
    if is_without[0] != is_without[1]:
        return None
    problem = "both are empty" if is_without[0] else "both are set"
    return f"exactly one of `{one}` and `{other}` must be set, {problem}"


def explain_impact(impact_id: str, stressors: Collection[str]) -> str | None:
    """Return why an impact is refused: a stressor of the dataset has its id."""
    if impact_id not in (*stressors, RESERVED_STRESSOR_ID):
        return None
    return (
        f"the impact_id {impact_id!r} is also the id of a stressor, and an impact is "
        "accounted for beside the stressors; choose another id"
    )


def without_people(year: int, region_id: str, problem: str) -> str:
    """Return why a ranked region is refused; `problem` describes its population."""
    return (
        f"no people in year {year}, region_id {region_id!r}: expected a `population` "
        f"above 0, {problem} (only regions of type "
        f"{listing(UNRANKED_REGION_TYPES, separator=' and ')} may be without people)"
    )


def label_of(names: tuple[str, ...], values: Mapping[str, Any]) -> str:
    """Return the key of a row as text: ``year 2012, region_id 'A'``."""
    return ", ".join(
        f"{name} {values[name]!r}" if name != "year" else f"year {values[name]}"
        for name in names
        if not is_empty(values.get(name))
    )


def _where(table: InputTable, row: Mapping[str, Any], wrong: Column) -> str:
    names = tuple(name for name in table.key if name != wrong.name)
    label = label_of(names, row)
    return f" (in the row of {label})" if label else ""


def _is_plain(text: str) -> bool:
    return text.isascii() and "_" not in text


def _article(column: Column) -> str:
    if column.references:
        return f"an id of {column.references}"
    if column.vocabulary:
        return f"one of {listing(column.vocabulary)}"
    words = {"id": "an id", "text": "a text", "year": "a year", "count": "a number"}
    return words.get(column.kind, "a number")
