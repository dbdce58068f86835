"""Trust: figures of others beside this table's, and whether its accounts close."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from carbonshed.numbers import Scale
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.described import Material, read_page
from carbonshed.report.labels import Name, text_width
from carbonshed.report.pages import reasons
from carbonshed.report.pages.full_scope import FullScope
from carbonshed.report.queries import Rows
from carbonshed.report.sentences import wording

_MAX_COUNTRIES_DRAWN = 60
_BESIDE = 9.0  # pixels between the middle of a mark and its words
_OWN, _ALONE, _PUBLISHED, _INSIDE, _OUTSIDE = (
    "this table, 90 % interval",
    "this table",
    "published",
    "published, inside it",
    "published, outside it",
)
_MARKS = {
    _OWN: (colour_of("footprint"), "circle"),
    _ALONE: (colour_of("footprint"), "circle"),
    _PUBLISHED: (colour_of("published"), "diamond"),
    _INSIDE: (colour_of("published"), "diamond"),
    _OUTSIDE: (colour_of("outside the interval"), "diamond"),
}
# a published figure lies inside an interval or not; None if there is none
_KINDS = {None: _PUBLISHED, True: _INSIDE, False: _OUTSIDE}
# footprints of a country by their account
_SCOPES = {"consumption": _ALONE, "consumption_with_imports": "with imports"}
_PARTS = read_page("trust").shown["parts"]
_SAID_OF_DATASET = (
    *("name", "country", "price_basis", "source", "licence", "carbonshed_version"),
    *("caveat_note", "rank_note"),
)
_SAID_OF_PUBLICATION = ("publication_id", "duckdb_version", "dbt_version")


def words(given: Material) -> dict[str, Any]:
    """Return the values of fields: what others say, what closes, what is supposed."""
    dataset, accounts = given.context.dataset, given.rows("trust/reconciliation")
    publication = given.rows("common/publication").first() or {}
    published = [*given.rows("common/published")]
    # of the accounts of a country that of consumption is what footprints are
    published.sort(key=lambda row: row["account_id"] != "consumption")
    beside = published[0] if published else {}
    study = given.rows("trust/headlines")
    return {
        **{name: dataset.get(name) for name in _SAID_OF_DATASET},
        "dataset_title": dataset.get("title"),
        **{name: publication.get(name) for name in _SAID_OF_PUBLICATION},
        "ingested": _moment(dataset.get("ingested_at")),
        "built": _moment(publication.get("built_at")),
        "published": _moment(publication.get("published_at")),
        "published_source": beside.get("source"),
        "published_leaves_out": beside.get("published_leaves_out"),
        "computed_leaves_out": beside.get("computed_leaves_out"),
        "accounts": len(accounts),
        "closed": sum(accounts.column("is_closed")),
        "has_deliveries": any(accounts.column("attributed_to_exports")),
        "has_intervals": len(given.rows("compare/intervals")) > 0,
        **(given.rows("trust/variants").first() or {}),
        "has_checks": len(given.rows("trust/checks")) > 0,
        "has_no_checks": not len(given.rows("trust/checks")),
        "has_incomparable": not all(study.column("comparable")) if len(study) else None,
        "shared_scope": (study.first() or {}).get("shared_scope"),
        **_premises(given),
    }


def _moment(at: datetime | None) -> str | None:
    return at and f"{at:%Y-%m-%d %H:%M} UTC"


def _premises(given: Material) -> dict[str, Any]:
    """Return whether each premise holds, None where nothing rests on it, and why not.

    `has_` stands before a premise that holds, and `has_no_` before one that does not.
    """
    context, dataset = given.context, given.context.dataset
    scenarios = [*given.rows("quota/summary")]
    first = scenarios[0] if scenarios else {}
    premises = (row["producer_premise_note"] for row in scenarios)
    withheld = given.rows("quota/withheld")
    why = {
        "producers": "; ".join(dict.fromkeys(filter(None, premises))),
        "across": first.get("across_countries_note"),
        "receivers": reasons.not_shown(withheld).removesuffix("."),
        "growth": first.get("quota_uplift_note"),
    }
    wider = FullScope(context, given.rows("compare/full_scope")).words
    effects = given.rows("changes/effects").first() or {}
    earned = [row["net_value_added_transfer"] for row in given.rows("leakage/balances")]
    without_gdp = sum(given.rows("trust/coverage").column("ranked_without_gdp"))
    holds = {
        "real_regions": not dataset["is_synthetic"],
        "surveyed_trade": not context.is_compiled,
        "whole_footprints": not context.is_lower_bound,
        "near_sum": not wider["is_far"] if wider["full_published"] else None,
        "only_ranked": not context.unranked,
        "gdp": not without_gdp,
        "value_added": any(each is not None for each in earned) if earned else None,
        "groups": bool(context.finding("inequality_inside_regions")),
        "deflated_years": effects.get("is_deflated"),
        **{name: not why[name] if scenarios else None for name in why},
        "some_receivers": len(withheld) > 0 and len(given.rows("quota/living")) > 0,
        "price": len(given.rows("prices/summary")) > 0,
        "places": context.ground is not None,
    }
    return {
        **{f"has_{name}": is_so for name, is_so in holds.items()},
        **{f"has_no_{name}": is_so is False for name, is_so in holds.items()},
        **{f"why_{name}": context.with_nouns(note or "") for name, note in why.items()},
        "without_gdp": without_gdp,
        "why_price": context.fill(wording("page_pays_no_price"), {}).removesuffix("."),
    }


def draw_published(given: Material) -> Chart | None:
    """Draw what others publish beside the figures of this table, if they do."""
    rows = given.rows("common/published")
    if not len(rows):
        return None
    draw = _draw_countries if given.context.is_of_the_world else _draw_country
    return draw(given.context, rows)


def _draw_country(context: Context, rows: Rows) -> Chart | None:
    """Draw the footprints of a country in each scope, and those that are published."""
    accounts = {row["account_id"]: row for row in rows}
    own = {name: accounts[id_] for id_, name in _SCOPES.items() if id_ in accounts}
    if not own:
        return None
    first = next(iter(own.values()))
    values = {name: account["computed_emissions"] for name, account in own.items()}
    values["published"] = first["published_emissions"]
    size = context.scale(list(values.values()), "stressor")
    bars = [
        {
            "account": name,
            "kind": _PUBLISHED if name == _PUBLISHED else _ALONE,
            **vega.figures(size, value),
        }
        for name, value in values.items()
    ]
    colours = {kind: _MARKS[kind][0] for kind in (_ALONE, _PUBLISHED)}
    drawing = vega.bars_with_ends(
        bars,
        vega.amount("footprints of the year", size),
        vega.labels("account", list(values)),
        "text",
        **vega.kinds("kind", colours, legend=None),
        tooltip=vega.tips("account", "text=footprint"),
    )
    ends = first["footprint_p05"], first["footprint_p95"]
    interval = ""
    if None not in ends:
        interval = f"; 90 % interval {size.text(ends[0])} to {size.full(ends[1])}"
    listed = "; ".join(f"{bar['account']} {bar['text']}" for bar in bars)
    return Chart(
        "country-beside-published",
        "The country's footprint in this table, and as published",
        f"{listed[:1].upper()}{listed[1:]}{interval}.",
        vega.finished(drawing, height=44 * len(bars)),
        rows,
        finding=context.finding("published_accounts"),
    )


def _draw_countries(context: Context, rows: Rows) -> Chart:
    """Draw each published footprint relative to that of this table.

    The own figure is a dot at 0 on the line of its interval, the published one a hollow
    mark, with its figure where it lies outside. Of many countries the largest are
    drawn.
    """
    largest = [*rows][:_MAX_COUNTRIES_DRAWN]
    size = context.scale([row["published_emissions"] for row in largest], "stressor")
    lines = [_line(row, size) for row in largest]
    lines.sort(key=lambda line: line["published"])
    outside = [line for line in lines if line["kind"] == _OUTSIDE]
    own = _ALONE if all(line["kind"] == _PUBLISHED for line in lines) else _OWN
    y = vega.labels("country", [line["country"] for line in lines])
    x = {
        "title": "published footprint against that of this table (%)",
        "scale": {"domain": _domain(lines), "nice": False, "zero": False},
        "axis": {"format": "+d"},
    }
    marks = [
        {**line, "kind": kind, "at": at}
        for line in lines
        for kind, at in ((own, 0), (line["kind"], line["published"]))
    ]
    drawn = {mark["kind"] for mark in marks}
    looks = {kind: look for kind, look in _MARKS.items() if kind in drawn}
    colours = {kind: colour for kind, (colour, _) in looks.items()}
    shapes = [shape for _, shape in looks.values()]
    hollow = {"size": 60, "opacity": 1, "strokeWidth": 2, "filled": False}
    is_own = {"test": f"(datum.kind === {own!r})", "value": colour_of("footprint")}
    parts = [
        vega.draw(
            "rule",
            lines,
            {"color": colour_of("footprint"), "strokeWidth": 3},
            y=y,
            x=vega.quantitative("low", **x),
            x2={"field": "high"},
        ),
        vega.draw(
            "point",
            marks,
            hollow,
            y=y,
            x=vega.quantitative("at", **x),
            **vega.kinds(
                "kind", colours, also={"shape": shapes}, legend={"columns": 1}
            ),
            fill={"condition": is_own, "value": "transparent"},
            tooltip=vega.tips("country", "own=this table", "theirs=published"),
        ),
    ]

    def name_all(width: int) -> list[tuple[Name, vega.Spec]]:
        return [*_words_beside(outside, x["scale"]["domain"], width)]

    parts += vega.name_layers(name_all, vega.quantitative("published", **x), y)
    return Chart(
        "beside-published",
        "Published footprints beside those of this table",
        _summary(context, lines, outside, largest[-1]["expected_outside"]),
        vega.finished(vega.layers(*parts), height=19 * len(lines) + 10),
        rows,
        finding=context.finding("published_accounts"),
    )


def _line(row: dict[str, Any], size: Scale) -> dict[str, Any]:
    own, published = row["computed_emissions"], row["published_emissions"]
    low, high = row["footprint_p05"], row["footprint_p95"]
    return {
        "country": row["country_name"],
        "published": _percent_above(published, own),
        "low": 0 if low is None else _percent_above(low, own),
        "high": 0 if high is None else _percent_above(high, own),
        "kind": _KINDS[row["is_inside_interval"]],
        "tonnes_apart": vega.short(abs(own - published)),
        "own": size.full(own),
        "theirs": size.full(published),
        "words": f"published {size.full(published)}, here {size.full(own)}",
        "short": f"{size.text(published)}, here {size.full(own)}",
    }


def _words_beside(
    outside: list[dict], domain: list[float], width: int
) -> Iterator[tuple[Name, vega.Spec]]:
    """Yield the words beside marks, shorter or none where the plot has no room.

    The side away from zero has no other mark. A narrower plot than the least has none.
    """
    low, high = domain
    for line in outside if width > vega.WIDTHS[0] else ():
        share = (line["published"] - low) / (high - low)
        is_right = line["published"] > 0
        room = width * (1 - share if is_right else share) - _BESIDE
        text = next(
            (t for t in (line["words"], line["short"]) if text_width(t) <= room), ""
        )
        if text:
            dx, align = (_BESIDE, "left") if is_right else (-_BESIDE, "right")
            point = {key: line[key] for key in ("country", "published")}
            yield Name(0, text, dx, 0.0, align), point


def _percent_above(value: float, own: float) -> float:
    return vega.short(100 * (value / own - 1), 4)


def _domain(lines: list[dict]) -> list[float]:
    """Return ends that leave room for the words beside a mark."""
    ends = [line[end] for line in lines for end in ("low", "high", "published")]
    low, high = min(*ends, 0), max(*ends, 0)
    room = 0.6 * (high - low)
    return [vega.short(low - room, 3), vega.short(high + room, 3)]


def _summary(
    context: Context, lines: list[dict], outside: list[dict], expected: int
) -> str:
    drawn = sum(line["kind"] != _PUBLISHED for line in lines)
    farthest = max(outside, key=lambda line: line["tonnes_apart"], default=None)
    values = {
        "outside": len(outside),
        "drawn": drawn,
        "expected_outside": expected,
        "farthest": farthest and f"{farthest['country']}: {farthest['words']}",
    }
    text = "page_trust_beside" if drawn else "page_trust_alone"
    return context.fill(wording(text), values)


def draw_account(given: Material) -> Chart | None:
    """Draw what came in above where it went: two bars of one length."""
    context, accounts = given.context, given.rows("trust/reconciliation")
    year, stressor = map(accounts.columns.index, ("year", "stressor_id"))
    own = (context.year, context.stressor)
    kept = [row for row in accounts.rows if (row[year], row[stressor]) == own]
    account = Rows(accounts.columns, kept)
    row = account.first()
    if row is None or not row["emissions_in"]:
        return None
    size = context.scale([row["emissions_in"]], "stressor")
    parts = [("came in", "emitted", row["emissions_in"], colour_of("emitted there"))]
    parts += [
        ("went", label.format(outside=context.outside), row[column], colour_of(noun))
        for column, (label, noun) in _PARTS.items()
        if row[column]
    ]
    bars = [
        {"bar": bar, "part": part, "order": order, **vega.figures(size, value)}
        for order, (bar, part, value, _) in enumerate(parts)
    ]
    colours = {part: colour for _, part, _, colour in parts}
    drawing = vega.draw(
        "bar",
        bars,
        x=vega.amount("emissions of the year", size, stack="zero"),
        y=vega.labels("bar", ["came in", "went"]),
        **vega.kinds("part", colours, legend={"columns": 3}),
        order=vega.quantitative("order"),
        tooltip=vega.tips("part=what", "text=amount"),
    )
    listed = "; ".join(f"{bar['part']} {bar['text']}" for bar in bars[1:])
    return Chart(
        "account",
        "What came in, and where it went",
        f"Two bars: {bars[0]['text']} came in, and went: {listed}.",
        vega.finished(drawing, height=110),
        account,
        finding=context.finding("accounts_close"),
    )
