"""Compare regions: all that is counted of them, GDP, shares of people, and years."""

import math
from collections.abc import Iterable
from typing import Any

from carbonshed.numbers import percent
from carbonshed.report import bubbles, vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart, relabelled
from carbonshed.report.described import Material, read_page, read_table
from carbonshed.report.pages import reasons
from carbonshed.report.pages.changes import draw_effects
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.pages.over_years import draw_lines
from carbonshed.report.pages.places import draw_places
from carbonshed.report.queries import Rows
from carbonshed.text import listing

__all__ = ["draw_effects", "draw_lines", "draw_places"]

_GROUPS = "household_groups"  # a measure
_SHOWN = read_page("compare").shown
_LOOKS, _ACCOUNTS = _SHOWN["measures"], _SHOWN["accounts"]
_MAX_POINTS = 300  # a curve with more looks the same
_MAX_TOUCHED = 40  # points of a curve that are read one by one
_LEAST_ONE = 0.95  # factors from here on have one decimal, as in headlines
_PERCENT = {"axis": {"format": "%"}}
_MAX_DRAWN = 12  # regions in the picture of accounts
_ROW = 30  # pixels


def words(given: Material) -> dict[str, Any]:
    """Return the values of fields: what is known, what is compared, and what is not."""
    context, regions = given.context, given.rows("compare/regions")
    accounts = given.rows("compare/accounts")
    has_groups = _GROUPS in given.rows("compare/lorenz").column("measure")
    first_year = min(context.years) if len(context.years) > 1 else None
    effects = given.rows("changes/effects").first() or {}
    unscoped = [row for row in given.rows("compare/scopes") if row["scope_note"]]
    compared = ("world_average_ratio", "us_ratio")
    years = {
        year
        for column in ("comparator_year", "us_comparator_year")
        for year in regions.column(column)
        if year and any(_knows(regions, ratio) for ratio in compared)
    }
    return {
        **reasons.comparators(regions),
        **FullScope(context, given.rows("compare/full_scope")).words,
        "comparator_years": " and ".join(map(str, sorted(years))),
        "is_without_comparators": not years,
        "has_groups": has_groups,
        "has_no_groups": not has_groups,
        "has_said_groups": bool(context.spoken_number("inequality_inside_regions")),
        "is_without_gdp": "gdp" not in given.rows("compare/lorenz").column("measure"),
        "has_earnings": _knows(accounts, "income_emissions"),
        "is_without_earnings": not _knows(accounts, "income_emissions"),
        "has_shares": _knows(accounts, "shared_by_value_added"),
        "unscoped": listing((row["region_name"] for row in unscoped), 5, empty=""),
        "scope_note": unscoped[0]["scope_note"] if unscoped else None,
        "first_year": first_year,
        "is_first_year": context.year == first_year,
        "base_year": effects.get("base_year"),
        "is_at_current_prices": effects.get("is_deflated") is False,
        "rank_note": context.dataset.get("rank_note"),
        "has_intervals": len(given.rows("compare/intervals")) > 0,
    }


def _knows(rows: Rows, column: str) -> bool:
    return column in rows.columns and any(
        value is not None for value in rows.column(column)
    )


def draw_incomes(given: Material) -> Chart | None:
    """Draw the footprint of each region against its GDP, both per person.

    A line fitted by people is drawn where it says something; the regions furthest from
    it, the largest and those at both ends are named.
    """
    context, rows = given.context, given.rows("compare/incomes")
    if len(rows) < 2:
        return None
    income = context.scale(rows.column("gdp_per_capita"), "currency per person")
    size = context.scale(rows.column("footprint_per_capita"), "stressor per person")
    people = context.scale(rows.column("population"), "person")
    # the finding decides whether the line says something
    has_line = context.values.get("income_and_footprint") is not None
    dots = []
    for row in sorted(rows, key=lambda row: (-row["population"], row["region_id"])):
        read = {
            context.region: row["region_name"],
            "footprint per person": size.full(row["footprint_per_capita"]),
            "GDP per person": income.full(row["gdp_per_capita"]),
            "people": people.full(row["population"]),
        }
        beside = 1.0
        if has_line:
            beside = row["footprint_per_capita"] / row["fitted_footprint"]
            read["compared with the line"] = f"{beside:.2f} times"
        dots.append(
            bubbles.Bubble(
                row["region_id"],
                row["region_name"],
                row["gdp_per_capita"] / income.divisor,
                row["footprint_per_capita"] / size.divisor,
                row["population"],
                read,
                math.log(beside),
            )
        )
    first, *_, last = rows
    line = [
        (row["gdp_per_capita"] / income.divisor, row["fitted_footprint"] / size.divisor)
        for row in (first, last)
        if has_line
    ]
    summary = f"{len(rows):,} {context.regions}."
    if has_line:
        factor = 2 ** first["elasticity"]
        digits = 1 if factor >= _LEAST_ONE else 2
        summary += (
            f" Along the line, twice the GDP per person goes with {factor:.{digits}f} "
            f"times the footprint; it explains {percent(first['r_squared'], 0)} of the "
            "differences."
        )
    axes = (
        # the words say "per person" already
        vega.titled(name, unit.removesuffix(" per person"), is_log=True)
        for name, unit in (
            ("GDP per person", income.unit),
            ("footprint per person", size.unit),
        )
    )
    return Chart(
        "footprint-and-income",
        context.with_nouns(
            "Footprint and GDP per person; a dot for each region, sized by population"
        ),
        summary,
        bubbles.draw_bubbles(dots, line, *axes),
        rows,
        finding=context.headline("income_and_footprint"),
    )


def draw_lorenz(given: Material) -> Chart | None:
    """Draw the Lorenz curves of all measures, with the line of equality.

    Those of regions, and of groups of people inside regions where there are any.
    """
    context, rows = given.context, given.rows("compare/lorenz")
    curves: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        curves.setdefault(row["measure"], []).append(row)
    if not curves:
        return None
    names = _names(curves)
    size = context.scale(rows.column("gini"), "index")
    gini = "; ".join(
        f"{name} {size.text(curves[measure][0]['gini'])}"
        for measure, name in names.items()
    )
    said = context.spoken_number("inequality_inside_regions")
    return Chart(
        "lorenz-curves",
        "Lorenz curves: how far from equal",
        "Each curve shows the share of an amount that the people with the least per "
        f"person have together; the diagonal is equality. Gini indices: {gini}.",
        _draw_curves({name: curves[measure] for measure, name in names.items()}),
        relabelled(rows, "measure", names),
        finding=said or context.spoken_number("unequal_footprints"),
        notes=tuple(
            given.sentences(["page_compare_no_area", "page_compare_group_averages"])
        ),
    )


def _names(measures: Iterable[str]) -> dict[str, str]:
    """Return the names of measures that are drawn, in the order of a legend."""
    names, drawn = read_table("compare/tenths").words["measure"], {*measures}
    return {measure: names[measure] for measure in _LOOKS if measure in drawn}


def _by_measure(names: dict[str, str], **legend: str) -> vega.Spec:
    """Encode the measure by colour, and by dashes where a legend has lines."""
    looks = [_LOOKS[measure] for measure in names]
    return vega.kinds(
        "measure",
        {
            name: colour_of(noun)
            for name, (noun, _) in zip(names.values(), looks, strict=True)
        },
        also={"strokeDash": [dashes for _, dashes in looks]} if legend else None,
        legend={"columns": 2, **legend},
    )


def _draw_curves(points: dict[str, list[dict[str, Any]]]) -> vega.Spec:
    """Draw Lorenz curves by their names, each with the line of equality below it."""
    rows = []
    for name, curve in points.items():
        rows.append({"measure": name, "people": 0, "share": 0, "region": ""})
        rows += [
            {
                "measure": name,
                "people": vega.short(row["cumulative_population_share"]),
                "share": vega.short(row["cumulative_amount_share"]),
                "region": ", ".join(
                    filter(None, [row["region_name"], row["group_name"]])
                ),
                "region_id": row["region_id"],
            }
            for row in _thinned(curve)
        ]
    axes = {
        "x": vega.quantitative(
            "people",
            title="share of people, lowest per person first",
            scale={"domain": [0, 1], "nice": False},
            **_PERCENT,
        ),
        "y": vega.quantitative("share", title="share of the amount", **_PERCENT),
    }
    ends = [{"people": 0, "share": 0}, {"people": 1, "share": 1}]
    measures = {row["measure"]: name for name, (row, *_) in points.items()}
    # a line as a whole has no tooltip: its points have, and are seen when they are read
    step = -(-len(rows) // (_MAX_TOUCHED * len(points)))
    touched = vega.draw(
        "circle",
        rows[::-step][::-1],
        {"color": colour_of("unknown"), "opacity": 0, "size": 80},
        **axes,
        tooltip=vega.tips(
            "measure",
            "region=up to",
            "people:%=share of people",
            "share:%=share of the amount",
        ),
    )
    drawing = vega.layers(
        vega.draw(
            "line", ends, {"color": colour_of("unknown"), "strokeWidth": 1.5}, **axes
        ),
        vega.draw(
            "line",
            rows,
            {"strokeWidth": 2.5, "interpolate": "linear"},
            **axes,
            **_by_measure(measures, symbolType="stroke"),
            order=vega.quantitative("people"),
        ),
        touched,
    )
    return vega.finished(drawing, height=380)


def _thinned(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    step = -(-len(points) // _MAX_POINTS)
    return [
        point
        for number, point in enumerate(points, start=1)
        if number % step == 0 or number == len(points)
    ]


def draw_tenths(given: Material) -> Chart | None:
    """Draw the share of each tenth of the people, by measure."""
    tenths = given.rows("compare/tenths")
    if not len(tenths):
        return None
    names = _names(tenths.column("measure"))
    rows = [
        {
            "tenth": row["decile"],
            "measure": names[row["measure"]],
            "share": vega.short(row["amount_share"]),
        }
        for row in tenths
    ]
    drawing = vega.draw(
        "bar",
        rows,
        x=vega.ordinal(
            "tenth",
            title="tenth of the people, lowest per person first",
            axis={"labelAngle": 0},
            scale={"domain": list(range(1, 11))},
        ),
        xOffset=vega.nominal("measure", sort=[*names.values()]),
        y=vega.quantitative("share", title="share of the amount", **_PERCENT),
        **_by_measure(names),
        tooltip=vega.tips("measure", "tenth:O", "share:%=share"),
    )
    top = [row for row in rows if row["tenth"] == 10]
    summary = "; ".join(f"{row['measure']} {percent(row['share'])}" for row in top)
    return Chart(
        "tenths",
        "Shares of ten groups of as many people, lowest per person first",
        f"The highest tenth has: {summary}.",
        vega.finished(drawing, height=300),
        relabelled(tenths, "measure", names),
    )


def draw_accounts(given: Material) -> Chart | None:
    """Draw a mark for each account of the regions that emit or use most."""
    context, accounts = given.context, given.rows("compare/accounts")
    top = list(accounts)[:_MAX_DRAWN]
    complete = {
        column: look
        for column, look in _ACCOUNTS.items()
        if None not in accounts.column(column)
    }
    amounts = [row[column] for row in top for column in complete]
    if not any(amounts):
        return None
    size = context.scale(amounts, "stressor")
    names = vega.unique_names({row["region_id"]: row["region_name"] for row in top})
    rows = [
        {
            "region": name,
            "region_id": row["region_id"],
            "account": account,
            **vega.figures(size, row[column]),
        }
        for name, row in zip(names, top, strict=True)
        for column, (account, _) in complete.items()
    ]
    drawing = vega.layers(
        *vega.dumbbells(
            vega.amount("emissions of the year", size),
            vega.labels("region", names),
            **vega.kinds(
                "account",
                {account: colour_of(account) for account, _ in complete.values()},
                also={"shape": [shape for _, shape in complete.values()]},
                # a phone has room for one column, and not for all of it
                legend={"columns": 1, "labelLimit": {"expr": "room - 20"}},
            ),
            tooltip=vega.tips(
                f"region={context.region}", "account=account", "text=amount"
            ),
        ),
        rows=rows,
    )
    which = "Regions that emit or use most" if len(accounts) > len(top) else "Regions"
    described = "; ".join(
        f"{account} {size.full(top[0][column])}"
        for column, (account, _) in complete.items()
    )
    return Chart(
        "accounts",
        context.with_nouns(f"{which}, by accounts of the same emissions"),
        f"{top[0]['region_name']}: {described}.",
        vega.finished(drawing, height=max(_ROW * len(top), 60)),
        accounts,
        finding=context.headline("net_transfer"),
        notes=tuple(given.sentences(["page_compare_beyond"])),
    )
