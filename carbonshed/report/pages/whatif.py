"""What if: the data of its levers, and the picture of the largest footprints."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from carbonshed.numbers import percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.described import Material
from carbonshed.report.levers import Levers, make_levers
from carbonshed.report.pages import reasons
from carbonshed.text import sentence

_ROW, _MIN_ROW = 44, 36  # pixels of a row with two lines of text
_MAX_HEIGHT = 530  # pixels that a window has for the rows
_ROUND = 0.1  # shares from here on have no decimal
_FOOTPRINT, _PEOPLE = "share of the footprint", "share of the people"


def words(given: Material) -> dict[str, Any]:
    """Return the values of fields: of the scenarios, and of the one that avoids most.

    A user may have replaced all shipped scenarios.
    """
    summary = given.rows("quota/summary")
    first = summary.first() or {}
    largest = next((row for row in summary if row["is_largest"]), {})
    above = given.rows("quota/above_givers")
    living = given.rows("quota/living")
    curve = living.first() or {}
    is_known = largest.get("premise") in (None, "holds")
    withheld = reasons.not_shown(given.rows("quota/withheld"))
    has_receivers = bool(len(given.rows("quota/allocation")))
    across = first.get("across_countries_note")
    return {
        "across": across and sentence(across),
        "on_producers": " ".join(reasons.on_producers(given.context, summary)),
        "rank_note": given.context.dataset.get("rank_note"),
        "peak_emissions": first.get("peak_emissions"),
        "peak_year": first.get("peak_year"),
        "no_growth": first.get("quota_uplift_note"),
        "has_shipped": bool(largest),
        "has_replaced": not largest,
        "scenario_name": largest.get("scenario_name"),
        "receivers_share": largest.get("receivers_share"),
        "receiver_population_share": largest.get("receiver_population_share"),
        "not_given": None if is_known else largest["premise_note"],
        "is_known": bool(largest) and is_known,
        "giver": (above.first() or {}).get("giver"),
        "left_per_capita": (above.first() or {}).get("left_per_capita"),
        "above": len(above),
        "withheld": withheld,
        "has_no_income": not withheld and has_receivers,
        "has_no_receivers": not withheld and not has_receivers,
        "elasticity": curve.get("income_elasticity"),
        "explained": curve.get("curve_r_squared"),
        "has_threshold": len(living) > 0
        and any(living.column("reaches_threshold_before")),
    }


def levers(given: Material) -> Levers:
    """Return the data of the levers, or the reason why nothing can be moved here."""
    if not len(given.rows("quota/summary")):
        return Levers(reason=sentence(given.text("page_whatif_no_scenario")))
    made = make_levers(given.context, given.marts)
    return replace(made, reason=sentence(made.reason))


def explorer(given: Material) -> dict[str, Any]:
    """Return what the page says besides numbers, and what its files are marked with."""
    context, summary = given.context, given.rows("quota/summary")
    return {
        "nouns": [context.region, context.regions],
        "caveat": context.mark,
        "stem": context.stem,
        "marks": context.marks,
        "source": context.notes,
        "colours": {noun: colour_of(noun) for noun in ("producers", "consumers")},
        "remedy": f"Make the report again: carbonshed report {context.dataset['name']}",
        "benchmarksWarn": reasons.on_producers(context, summary),
        "hasBenchmarks": "national_intensities"
        not in [row["producer_premise"] for row in summary],
        "scenarios": [
            [row["scenario_name"], _address(row)]
            for row in summary
            if not row["is_user_scenario"]
        ],
    }


def _address(scenario: dict[str, Any]) -> str:
    """Return the state of the levers in a shipped scenario, as `state.js` writes it."""
    parts = {
        "who": scenario["rule_id"],
        "k": scenario["benchmarks"] or "none",
        "way": "100",
        "power": str(int(scenario["includes_power_supply"])),
        "cap": scenario["caps"] or "none",
        "people": f"{100 * scenario['receivers_share']:g}",
    }
    return "&".join(f"{name}={quote(each, safe='')}" for name, each in parts.items())


def draw_shares(given: Material) -> Chart | None:
    """Draw shares of the footprint beside those of the people: a table of the world's.

    Elsewhere the levers are the picture.
    """
    groups = given.rows("emitters/groups")
    is_known = len(groups) and groups.column("footprint_share")[0] is not None
    if not given.context.is_of_the_world or not is_known:
        return None
    names = _names(given)
    rows = [
        {
            "region_id": group["region_id"],
            "region": name.partition("\n")[0],
            "row": name,
            "measure": measure,
            "share": vega.short(share),
            "text": percent(share, 0 if share >= _ROUND else 1),
        }
        for name, group in zip(names, groups, strict=True)
        for measure, share in (
            (_FOOTPRINT, group["footprint_share"]),
            (_PEOPLE, group["population_share"]),
        )
        if share is not None
    ]
    colours = {_FOOTPRINT: colour_of("footprint"), _PEOPLE: colour_of("people")}
    if groups.column("population_share")[0] is None:
        del colours[_PEOPLE]
    context = given.context
    return Chart(
        "shares",
        f"Shares of the footprint and of the people of these {context.regions}",
        f"{rows[0]['region']}: {rows[0]['text']} of the footprint"
        + (f", {rows[1]['text']} of the people." if len(colours) > 1 else "."),
        vega.finished(
            _bars(names, rows, colours, context.region),
            height=min(_ROW * len(names), max(_MIN_ROW * len(names), _MAX_HEIGHT)),
        ),
        groups,
        finding=context.headline("super_emitters"),
    )


def _names(given: Material) -> list[str]:
    """Return the names of groups, with the footprint per person below each."""
    context, groups = given.context, given.rows("emitters/groups")
    size = context.scale(groups.column("footprint_per_capita"), "stressor per person")
    of_one = {
        row["region_id"]: row["region_name"] for row in groups if row["region_id"]
    }
    unique = dict(zip(of_one, vega.unique_names(of_one), strict=True))
    names = []
    for group in groups:
        count = group["regions"]
        noun = context.region if count == 1 else context.regions
        name = {
            "together": "Both together" if count == 2 else f"All {count} together",
            "one": unique.get(group["region_id"]),
            "more": f"{count} more of the largest",
            "others": f"{count} other {noun}",
        }[group["kind"]]
        per_person = group["footprint_per_capita"]
        names.append(name if per_person is None else f"{name}\n{size.full(per_person)}")
    return names


def _bars(
    names: list[str], rows: list[dict[str, Any]], colours: dict[str, str], noun: str
) -> vega.Spec:
    axis = {
        "labelExpr": "split(datum.label, '\\n')",
        "labelLimit": 300,
        "ticks": False,
        "domain": False,
    }
    return vega.bars_with_ends(
        rows,
        vega.quantitative("share", axis=None),
        vega.labels("row", names, axis=axis, scale={"paddingInner": 0.3}),
        "text",
        yOffset=vega.nominal("measure", sort=[*colours]),
        **vega.kinds("measure", colours),
        tooltip=vega.tips(f"region={noun}", "measure=share of", "text=share"),
    )
