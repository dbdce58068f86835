"""The descriptor ``datapackage.json``: its publisher, and the money of the table."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from carbonshed.dataset.contract import DESCRIPTOR_FILE, MAX_LETTERS
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import read_text
from carbonshed.text import has_control

REGION_NOUNS = ("region_noun", "region_noun_plural")
# fields of `mrio` that are about the regions, not about the money
OF_REGIONS = (*REGION_NOUNS, "outlines")

_LONGEST_SHOWN = 80
_LONGEST_CAVEAT = 200


def _label(entry: dict[str, Any]) -> str:
    """Return the title of a licence or a source."""
    texts = [entry.get(key) for key in ("title", "name", "path")]
    label = next((text for text in texts if isinstance(text, str) and text), None)
    if label is None:
        raise ValueError
    return label


_Text = Annotated[str, Field(pattern=r"\S")]
_Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
_Year = Annotated[str, Field(pattern=r"^-?(0|[1-9][0-9]{0,5})$")]
_Noun = Annotated[str, Field(pattern=r"^\p{L}[\p{L} '-]{0,39}$")]
_LINE = r"^[^\r\n]*\S[^\r\n]*$"
_Sentence = Annotated[str, Field(pattern=_LINE, max_length=_LONGEST_CAVEAT)]
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
# no table is in larger or smaller units, and products with it must not overflow
_Unit = Annotated[float, Field(ge=1e-15, le=1e18, allow_inf_nan=False)]
_Labels = list[Annotated[dict[str, Any], AfterValidator(_label)]]


class _Checked(BaseModel):
    """A model with strict types; the description of each field is its expectation."""

    model_config = ConfigDict(strict=True, frozen=True)


class OutlinesBlock(_Checked):
    """The origin of the outlines of regions, which every picture of them names."""

    licence: _Text
    source: _Text


class MrioBlock(_Checked):
    """The block `mrio`: the money of the table.

    `compiled` has the parent and the statistics of a compiled table. The two nouns are
    those by which sentences call one ranked region and several: both or neither.
    `caveat` is what its author asks readers to mind about every number. `outlines`
    belongs to the file ``regions.geojson``.
    """

    currency: _Code = Field(
        description="three capital letters: an ISO 4217 code such as EUR"
    )
    currency_unit: _Unit = Field(description="a number from 1e-15 to 1e+18")
    price_basis: _Text = Field(description="a text such as 'basic prices, current'")
    country: _Code = Field(
        description="three capital letters: an ISO 3166 alpha-3 code, or WLD"
    )
    synthetic: bool | None = Field(None, description="true or false")
    currency_per_usd: dict[_Year, _Positive] | None = Field(
        None, description='a number above 0 for each year, such as {"2012": 6.3125}'
    )
    compiled: dict[str, Any] | None = Field(
        None, description="an object, as `carbonshed compile` writes it"
    )
    region_noun: _Noun | None = Field(
        None, description="an English noun of at most 40 letters, such as 'prefecture'"
    )
    region_noun_plural: _Noun | None = Field(
        None, description="an English noun of at most 40 letters, such as 'prefectures'"
    )
    caveat: _Sentence | None = Field(
        None,
        description=f"a sentence of at most {_LONGEST_CAVEAT} characters, such as 'CO2 "
        "is spread over regions by output, not measured there.'",
    )
    outlines: OutlinesBlock | None = Field(
        None,
        description="an object with two texts, the `licence` and the `source` of "
        "regions.geojson",
    )


class Descriptor(_Checked):
    """The content of a descriptor; `licenses` and `sources` are their titles."""

    name: _Text | None = Field(None, description="a text")
    title: _Text | None = Field(None, description="a text")
    licenses: _Labels | None = Field(
        None, description="a list of objects with a `title`"
    )
    sources: _Labels | None = Field(
        None, description="a list of objects with a `title`"
    )
    mrio: MrioBlock = Field(
        description="an object with currency, currency_unit, price_basis and country"
    )


def read_descriptor(path: Path) -> dict[str, Any]:
    """Read a descriptor; refuse one that is missing, not UTF-8 or not a JSON object."""
    if not path.exists():
        raise CarbonshedError(
            f"{path.name}: no such file in {path.parent}; expected a Frictionless "
            "data package descriptor with an `mrio` block "
            "(`carbonshed template tidy FOLDER` writes one to fill in)"
        )
    text = read_text(path)
    try:
        content = json.loads(text, object_pairs_hook=_unique, parse_constant=_not_json)
        json.dumps(content, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise CarbonshedError(
            f"{path.name}: not JSON: {error.msg} "
            f"(line {error.lineno}, column {error.colno})"
        ) from None
    except UnicodeEncodeError:  # a ValueError with a cause that can be named
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


def _refuse_odd_texts(part: Any, path: str) -> None:
    """Refuse what no page can show, wherever it is in a descriptor."""
    if isinstance(part, dict):
        for key, value in part.items():
            _refuse_odd_texts(key, path)
            _refuse_odd_texts(value, f"{path}: `{key}`")
    elif isinstance(part, list):
        for value in part:
            _refuse_odd_texts(value, path)
    elif isinstance(part, str) and (has_control(part) or len(part) > MAX_LETTERS):
        raise CarbonshedError(
            f"{path} is {part[:_LONGEST_SHOWN]!r}; expected a text without control"
            f" characters and of at most {MAX_LETTERS:,} letters"
        )


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
    _refuse_odd_texts(content, DESCRIPTOR_FILE)
    try:
        descriptor = Descriptor.model_validate(content)
    except ValidationError as error:
        raise _refusal(content, error.errors()[0]["loc"]) from None
    for key in REGION_NOUNS:
        if getattr(descriptor.mrio, key) is None and any(
            getattr(descriptor.mrio, other) for other in REGION_NOUNS
        ):
            raise _refusal(content, ("mrio", key))
    return descriptor


def _refusal(content: dict[str, Any], path: tuple[int | str, ...]) -> CarbonshedError:
    """Return the fault of a field of a descriptor."""
    # an entry of a list is shown with the list, a key of a mapping with the mapping
    keys = [key for key in path if isinstance(key, str)]
    keys = keys[:-2] if keys[-1] == "[key]" else keys
    field = (MrioBlock if len(keys) > 1 else Descriptor).model_fields[keys[:2][-1]]
    value: Any = content
    for key in keys:
        value = value.get(key)
    shown = json.dumps(value, ensure_ascii=False)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}..."
    state = "is missing" if value is None else f"is {shown}"
    return CarbonshedError(
        f"{DESCRIPTOR_FILE}: `{'.'.join(keys)}` {state}; expected {field.description}"
    )
