"""The large numbers that portray one region, and both its accounts in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carbonshed.numbers import percent
from carbonshed.report.context import Context
from carbonshed.text import spoken

WHOLE = 1 + 1e-9  # a share that exceeds 1 by less is the whole
_MAX_NAME_WORDS, _MAX_NAME_LETTERS = 5, 30  # the most of a name on a bar
_MAX_FIGURES = 4


def without(context: Context) -> str:
    """Return the largest gap of footprints in two words; empty if there is none."""
    if "imports" in context.leaves_out:
        return "without imports"
    return "without direct emissions" if context.leaves_out else ""


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


def cut_name(name: str) -> str:
    """Return a name for a bar, cut as the macro `cut_name` cuts it."""
    words = name.split()
    if len(name) <= _MAX_NAME_LETTERS and len(words) <= _MAX_NAME_WORDS:
        return name
    kept = [" ".join(words[:number]) for number in range(_MAX_NAME_WORDS, 0, -1)]
    fits = (part for part in kept if len(part) < _MAX_NAME_LETTERS)
    part = next(fits, name.strip()[: _MAX_NAME_LETTERS - 1])
    return part.rstrip(" ,;:(-\N{EN DASH}") + "…"


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
