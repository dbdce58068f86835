"""The sentence and the large numbers that portray one region."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from carbonshed.numbers import percent
from carbonshed.report.context import Context
from carbonshed.text import spoken

# shares that have a name, in ascending order; the nearest one is said
_SHARES = (
    (0.0, "hardly any"),
    (0.03, "little"),
    (0.05, "a twentieth"),
    (1 / 12, "a twelfth"),
    (0.1, "a tenth"),
    (1 / 8, "an eighth"),
    (1 / 7, "a seventh"),
    (1 / 6, "a sixth"),
    (0.2, "a fifth"),
    (0.25, "a quarter"),
    (0.3, "three tenths"),
    (1 / 3, "a third"),
    (0.4, "two fifths"),
    (0.45, "nearly half"),
    (0.5, "half"),
    (0.55, "over half"),
    (0.6, "three fifths"),
    (2 / 3, "two thirds"),
    (0.7, "seven tenths"),
    (0.75, "three quarters"),
    (0.8, "four fifths"),
    (0.9, "nine tenths"),
    (1.0, "nearly all"),
)
_HARDLY_ANY, _SOME = 0.015, 0.04
WHOLE = 1 + 1e-9  # a share that exceeds 1 by less is the whole
_MAX_WORDS, _MAX_LETTERS = 14, 90  # a sentence that is spoken has no more
_MAX_NAME_WORDS, _MAX_NAME_LETTERS = 5, 30  # the most of a name in a long sentence
_MAX_FIGURES = 4


def share_in_words(share: float) -> str:
    """Return the named share that is nearest to a share between 0 and 1."""
    return min(_SHARES, key=lambda named: abs(named[0] - share))[1]


def without(context: Context) -> str:
    """Return the largest gap of footprints in two words; empty if there is none."""
    if "imports" in context.leaves_out:
        return "without imports"
    return "without direct emissions" if context.leaves_out else ""


def amount(context: Context, region: dict[str, Any]) -> str:
    """Return a region's footprint as it is spoken: per person where known."""
    per_person = region["footprint_per_capita"]
    if per_person is None:
        return context.text(region["consumption_footprint"], "stressor")
    size = context.scale([per_person], "stressor per person")
    return f"{size.text(per_person)} {size.unit.removesuffix(' per person')} each"


def accounts(context: Context, region: dict[str, Any]) -> str:
    """Return both accounts of a region in a sentence: the title of its picture.

    It holds per person and in total, as the picture has either.
    """
    name = spoken(region["region_name"], context.region)
    emitted, footprint = region["production_emissions"], region["consumption_footprint"]
    size = context.scale([emitted, footprint], "stressor")
    relation = _against(context, emitted, footprint) or (
        f"{size.full(emitted)}, its footprint is {size.full(footprint)}"
    )
    return f"{name[:1].upper()}{name[1:]} emits {relation}"


@dataclass(frozen=True)
class Supplier:
    """The largest ranked supplier of a region."""

    name: str
    share: float  # a part of all that is emitted in other regions for the region
    is_largest: bool  # False if a region without a rank supplies more


def headline(
    context: Context, region: dict[str, Any], supplier: Supplier | None
) -> str:
    """Return the sentence about a region, made of its numbers.

    A footprint that is zero or negative has no shares, and the sentence says so. Where
    it would be long, the words that say least are the first to go, and long names are
    cut.
    """
    name = region["region_name"]
    whole, brief = (_start(context, region, text) for text in (name, cut_name(name)))
    cut = supplier and replace(supplier, name=cut_name(supplier.name))
    serving = _serving(region)
    sentence = whole + (
        f"{serving} other {context.regions}"
        if serving
        else _elsewhere(context, region, supplier, " of it")
    )
    if len(sentence.split()) <= _MAX_WORDS and len(sentence) <= _MAX_LETTERS:
        return sentence
    sentences = [
        whole + _elsewhere(context, region, supplier),
        brief + _elsewhere(context, region, cut),
        brief + _elsewhere(context, region, None),
    ]
    if serving:
        sentences = [f"{start}{serving} others" for start in (whole, brief)] + sentences
    fits = (sentence for sentence in sentences if len(sentence) <= _MAX_LETTERS)
    return next(fits, brief)


def cut_name(name: str) -> str:
    """Return a name for a long sentence, cut as the macro `cut_name` cuts it."""
    words = name.split()
    if len(name) <= _MAX_NAME_LETTERS and len(words) <= _MAX_NAME_WORDS:
        return name
    kept = [" ".join(words[:number]) for number in range(_MAX_NAME_WORDS, 0, -1)]
    fits = (part for part in kept if len(part) < _MAX_NAME_LETTERS)
    part = next(fits, name.strip()[: _MAX_NAME_LETTERS - 1])
    return part.rstrip(" ,;:(-\N{EN DASH}") + "…"


def _start(context: Context, region: dict[str, Any], name: str) -> str:
    """Return the beginning of a sentence, with the amount and what it leaves out."""
    name = spoken(name, context.region)
    name = name[:1].upper() + name[1:]
    footprint = region["consumption_footprint"]
    if footprint == 0:
        return f"{name}: nothing is emitted for what is bought there"
    if footprint < 0:
        return f"{name}: its footprint is below zero, so no share of it is given"
    gap = without(context)
    return f"{name}: {amount(context, region)}" + (f" {gap}" if gap else "")


def _elsewhere(
    context: Context,
    region: dict[str, Any],
    supplier: Supplier | None,
    of_it: str = "",
) -> str:
    """Return the share that is emitted elsewhere, empty where there is none to give."""
    share = _share_elsewhere(region)
    if share is None:
        return ""
    if share == 0:
        return ", all emitted there"
    end = "emitted elsewhere"
    if supplier and share >= _HARDLY_ANY:
        end += f", {_most(context, supplier)}"
    return f", {_part(share)}{of_it} {end}"


def _share_elsewhere(region: dict[str, Any]) -> float | None:
    footprint = region["consumption_footprint"]
    share = region["inflow_emissions"] / footprint if footprint > 0 else -1
    return share if 0 <= share <= WHOLE else None


def _serving(region: dict[str, Any]) -> str:
    """Return the share of its emissions that serve others, empty if not worth saying.

    It is where more is emitted there for others than elsewhere for the region.
    """
    outflow, emitted = region["outflow_emissions"], region["production_emissions"]
    is_more = outflow > region["inflow_emissions"] and emitted > 0
    share = outflow / emitted if is_more else 0
    if _share_elsewhere(region) is None or not _SOME <= share <= WHOLE:
        return ""
    return f"; {_part(share)} of its emissions serve"


def _part(share: float) -> str:
    """Return a share in words, all of it where hardly anything is left."""
    return "all" if share * WHOLE >= 1 else share_in_words(share)


def _most(context: Context, supplier: Supplier) -> str:
    """Return the largest supplier in words that hold: most is more than half."""
    name = spoken(supplier.name, context.region)
    if not supplier.is_largest:
        return f"in no {context.region} more than {name}"
    return f"{'most' if supplier.share > 0.5 else 'above all'} in {name}"


@dataclass(frozen=True)
class Number:
    """A large number about a region: label, value, unit, and what it compares with."""

    label: str
    value: str
    unit: str
    note: str


def numbers(
    context: Context,
    region: dict[str, Any],
    full: dict[str, Any] | None,
    full_name: str,
    rank: dict[str, str],
    beside: Sequence[str],
) -> list[Number]:
    """Return at most four large numbers about a region, each with a comparison.

    Parameters
    ----------
    region
        Its row of the accounts.
    full
        Its row of `footprints_with_imports`, None without imports.
    full_name
        The name of footprints with imports.
    rank
        Its ranks in words, by the column of the amount.
    beside
        Means per person to stand beside its own: the first is of the same scope, and
        the others, of the world, hold imports too.
    """
    footprint, emitted = region["consumption_footprint"], region["production_emissions"]
    gap = without(context)
    figures = []
    if region["footprint_per_capita"] is not None:
        notes = beside[:1] if full else beside
        label = "footprint per person" + (f", {gap}" if gap else "")
        figures.append(
            _number(
                context,
                label,
                region["footprint_per_capita"],
                "stressor per person",
                *notes,
                rank.get("footprint_per_capita", ""),
            )
        )
    if full and full["full_footprint_per_capita"] is not None:
        figures.append(
            _number(
                context,
                f"per person, {full_name}",
                full["full_footprint_per_capita"],
                "stressor per person",
                *beside[1:],
            )
        )
    figures.append(
        _number(
            context,
            "footprint",
            footprint,
            "stressor",
            rank.get("consumption_footprint", ""),
        )
    )
    figures.append(
        _number(
            context,
            "emitted there",
            emitted,
            "stressor",
            _against(context, emitted, footprint),
            rank.get("production_emissions", ""),
        )
    )
    if len(figures) < _MAX_FIGURES and footprint > 0:
        inflow = region["inflow_emissions"]
        figures.append(
            _number(
                context,
                "emitted elsewhere for it",
                inflow,
                "stressor",
                f"{percent(inflow / footprint, 0)} of its footprint",
            )
        )
    return figures


def _against(context: Context, emitted: float, footprint: float) -> str:
    """Return emissions in relation to a footprint, and what that leaves out."""
    if footprint <= 0:
        return ""
    difference = emitted / footprint - 1
    gap = without(context)
    whole = f"its footprint {gap}" if gap else "its footprint"
    if abs(difference) < 0.005:
        return f"as much as {whole}"
    side = "more" if difference > 0 else "less"
    return f"{percent(abs(difference), 0)} {side} than {whole}"


def _number(
    context: Context, label: str, value: float, unit: str, *notes: str
) -> Number:
    size = context.scale([value], unit)
    text = ", ".join(note for note in notes if note)
    return Number(context.with_nouns(label), size.text(value), size.unit, text)
