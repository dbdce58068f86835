"""Figures of others beside those of this table: published accounts, the study's."""

from collections.abc import Iterator
from typing import Any

from carbonshed.numbers import MISSING, Scale, choose_scale, signed_percent
from carbonshed.report import vega
from carbonshed.report.colours import colour_of
from carbonshed.report.content import (
    Cell,
    Chart,
    Column,
    Fact,
    Header,
    Section,
    Table,
    make_fact,
    make_table,
)
from carbonshed.report.context import Context
from carbonshed.report.labels import Name, text_width
from carbonshed.report.queries import Rows

_HEADING = "Beside published accounts"
_MAX_NAMES = 6  # in a sentence
_MAX_COUNTRIES_DRAWN = 60
_BESIDE = 9.0  # pixels between the middle of a mark and its words
_OWN, _ALONE, _PUBLISHED, _INSIDE, _OUTSIDE = (
    "this table, with its interval",
    "this table",
    "published",
    "published, inside the interval",
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
_COLUMNS = [
    Column("country_name", "Country", region="region_id"),
    Column("computed_emissions", "Footprint here"),
    Column("footprint_p05", "At 5 %"),
    Column("footprint_p95", "At 95 %"),
    "published_emissions",
    "relative_difference",
    "is_inside_interval",
]
# a published account in words, and those of the mart that stand beside it
_ACCOUNTS = {
    "consumption": {
        "consumption": "footprints of this table",
        "consumption_with_imports": "with imports",
    },
    "what is emitted in the country": {"production": "emissions of this table"},
}


def published_sections(context: Context, rows: Rows) -> list[Section]:
    """Return a section on the published accounts of this year, if there are any."""
    # invented regions have none, whatever their country is called
    if not len(rows) or context.dataset["is_synthetic"]:
        return []
    if not context.is_of_the_world:
        return [_country(context, rows)]
    footprints = _consumption(rows)
    return [_countries(context, footprints)] if len(footprints) else []


def _consumption(rows: Rows) -> Rows:
    """Return the accounts of consumption that are above zero."""
    account, computed = map(rows.columns.index, ("account_id", "computed_emissions"))
    kept = [r for r in rows.rows if r[account] == "consumption" and r[computed] > 0]
    return Rows(rows.columns, kept)


def _countries(context: Context, rows: Rows) -> Section:
    finding = context.findings.get("published_accounts")
    text = [finding] if finding else _interval_sentences(context, rows)
    text.append(_omissions(rows))
    return Section(
        "published",
        _HEADING,
        text,
        charts=[_draw_published(context, rows)],
        tables=[
            make_table(
                context,
                "published-accounts",
                f"Footprints beside published ones, {context.title}",
                rows,
                _COLUMNS,
                f"Published: {rows.first()['source']}",
            )
        ],
    )


def _interval_sentences(context: Context, rows: Rows) -> list[str]:
    """Return sentences on the footprints inside and outside their intervals."""
    inside = [flag for flag in rows.column("is_inside_interval") if flag is not None]
    outside = [row for row in rows if row["is_inside_interval"] is False]
    sentences = []
    if inside:
        sentences.append(
            f"{sum(inside)} of {len(inside)} published footprints lie inside the "
            f"interval of 5 to 95 %; {_expected(len(inside))} would be expected."
        )
    if outside:
        sentences.append(
            "The published figure lies outside the interval of "
            f"{_named(context, outside)}."
        )
    return sentences


def _expected(intervals: int) -> int:
    """Return how many intervals of 90 % would hold the published figure."""
    return round(0.9 * intervals)


def _named(context: Context, outside: list[dict]) -> str:
    """Return the countries outside, the most tonnes first."""
    outside = sorted(outside, key=_tonnes_apart)
    size = context.scale([row["published_emissions"] for row in outside], "stressor")
    named = [
        f"{row['country_name']} ({size.full(row['published_emissions'])} published, "
        f"{size.text(row['computed_emissions'])} here)"
        for row in outside[:_MAX_NAMES]
    ]
    more = len(outside) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _tonnes_apart(row: dict) -> float:
    return -abs(row["computed_emissions"] - row["published_emissions"])


def _omissions(rows: Rows) -> str:
    """Return a sentence on the parts that either account leaves out."""
    row = rows.first()
    text = (
        "Published figures have errors of their own, and leave out "
        f"{_listed(row['published_leaves_out'])}"
    )
    if row["computed_leaves_out"]:
        text += f"; those of this table leave out {_listed(row['computed_leaves_out'])}"
    return f"{text}."


def _listed(text: str) -> str:
    return text.replace("; ", " and ")


def _country(context: Context, rows: Rows) -> Section:
    """Return the accounts of a country, each published one in a tile."""
    own = {row["account_id"]: row for row in rows}
    facts: list[Fact] = []
    for theirs, accounts in _ACCOUNTS.items():
        beside = [(words, own[name]) for name, words in accounts.items() if name in own]
        notes = [
            f"{words}: {context.text(row['computed_emissions'], 'stressor')}, "
            f"{signed_percent(row['relative_difference'])}"
            for words, row in beside
        ]
        _, row = beside[0]
        facts.append(
            make_fact(
                context,
                f"published for {theirs}",
                row["published_emissions"],
                "stressor",
                "; ".join(notes),
            )
        )
    consumption = _consumption(rows)
    row = (consumption if len(consumption) else rows).first()
    text = [
        context.findings.get("published_accounts", ""),
        _omissions(consumption if len(consumption) else rows),
        f"Published: {row['source']}",
    ]
    return Section("published", _HEADING, list(filter(None, text)), facts)


def _draw_published(context: Context, rows: Rows) -> Chart:
    """Draw each published footprint relative to that of this table.

    The own figure is a dot at 0 on the line of its interval, the published one a hollow
    mark, with its figure where it lies outside. Of many countries the largest are
    drawn.
    """
    largest = sorted(rows, key=lambda row: -row["published_emissions"])
    largest = largest[:_MAX_COUNTRIES_DRAWN]
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
            **vega.kinds("kind", colours, also={"shape": shapes}),
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
        _summary(lines, outside, own),
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


def _summary(lines: list[dict], outside: list[dict], own: str) -> str:
    if own == _ALONE:
        return "Each footprint of this table is at 0; the hollow mark is published."
    text = (
        "Each footprint of this table is at 0, on the line of its interval; the hollow "
        f"mark is the published one. {len(outside)} of {len(lines)} lie outside, where "
        f"{len(lines) - _expected(len(lines))} would be expected"
    )
    if not outside:
        return f"{text}."
    farthest = max(outside, key=lambda line: line["tonnes_apart"])
    return f"{text}, such as {farthest['country']}: {farthest['words']}."


def study_section(context: Context, rows: Rows) -> Section:
    """Return the study's statements beside the figures of this dataset."""
    text = [
        "The study is Zheng and others (2023), of which only the abstract was used: it "
        "is about 309 cities of China in 2012. A dash in its column means that the "
        "abstract has no figure."
    ]
    if not all(rows.column("comparable")):
        text.append(
            "Where the last column says why not, the two figures are about different "
            "things: read them side by side, not against each other."
        )
    shared, own = split_scopes(rows.column("scope"))
    if shared:
        # each page begins with the caveat
        shared = shared.replace(context.dataset.get("caveat_note") or "", "").strip()
        text.append(f"Scope of this dataset's figures: {shared}")
    return Section(
        "headlines",
        "The study's statements, and this dataset",
        text,
        tables=[_study_table(context, rows, own)],
    )


def _study_table(context: Context, rows: Rows, scopes: list[str]) -> Table:
    headers = [
        Header("Statement", "", False, is_long=True),
        Header("The study", "", True),
        Header("This dataset", "", True),
        Header("May they be compared?", "", False, is_long=True),
    ]
    cells = [
        _study_row(context, row, own) for row, own in zip(rows, scopes, strict=True)
    ]
    return Table(
        "headlines",
        "Statements of the study with its figure, and the same computed here",
        headers,
        cells,
        rows,
    )


def _study_row(context: Context, row: dict[str, Any], own: str) -> list[Cell]:
    unit = row["unit"] if row["unit"] in ("t", "share", "ratio") else "count"
    suffix = f" {row['unit']}" if unit == "count" else ""
    statement = row["statement"] + (f" ({own})" if own else "")
    figures = []
    for column in ("seed_value", "computed_value"):
        value = row[column]
        text = choose_scale([value], unit, context.currency).full(value)
        key = "" if value is None else value
        figures.append(Cell(text if text == MISSING else text + suffix, key))
    answer = "yes" if row["comparable"] else f"no: {row['reason']}"
    return [Cell(statement, statement), *figures, Cell(answer, answer)]


def split_scopes(scopes: list[str]) -> tuple[str, list[str]]:
    """Return the sentences that all scopes share, and those of each alone."""
    sentences = [scope.removesuffix(".").split(". ") for scope in scopes]
    shared = [
        sentence
        for sentence in sentences[0]
        if all(sentence in others for others in sentences)
    ]
    own = [
        ". ".join(sentence for sentence in scope if sentence not in shared)
        for scope in sentences
    ]
    return (". ".join(shared) + "." if shared else ""), own
