"""How sure ranks and figures are, where the publication has analyses."""

from typing import Any

from carbonshed.report.content import Column, Fact, Section, make_table
from carbonshed.report.marts import Marts, Rows
from carbonshed.report.scope import Scope

WHAT = (
    "Intervals hold 90 %: errors of the data, given the model. They say nothing of "
    "aggregation, of shares of trade, of prices or of what the table leaves out. How "
    "large errors are assumed to be, and how much of them is shared, is in the table "
    "uncertainty_rules."
)
BRACKETS = (
    "Ranks in brackets are 5 to 95 % of draws: errors of the data, given the model."
)
OF_QUOTAS = "errors of data, given the model; trade and demand held"
RANKS = [Column("rank_interval", "Rank, 5 to 95 %")]
QUOTAS = [
    Column("quota_p05", "At 5 %", "stressor"),
    Column("quota_p95", "At 95 %", "stressor"),
]
FOOTPRINTS = [
    Column("consumption_footprint", "Footprint", "stressor"),
    Column("footprint_p05", "Footprint at 5 %", "stressor"),
    Column("footprint_p95", "At 95 %", "stressor"),
]
_RANKED = [
    Column("footprint_rank", "Rank", "count"),
    Column("region_name", "Region", region="region_id"),
]
_OTHERS = [
    *_RANKED,
    RANKS[0],
    Column("probability_super_emitter", "Chance", "share"),
]
CHANCES = _OTHERS[-1:]
_LEAST_CHANCE = 0.05
_QUANTITIES = {
    "footprint": "footprint of ranked regions",
    "gini_footprint": "Gini index of footprints",
    "top_share": "share of the largest footprints",
    "interregional_share": "emitted in another region, direct emissions not counted",
}


def ask(marts: Marts, query: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a query by region; none without analyses."""
    if not marts.has("rank_uncertainty"):
        return {}
    return {row["region_id"]: row | _texts(row) for row in marts.ask(query)}


def ask_quotas(marts: Marts) -> dict[str, dict[str, Any]]:
    """Return the ends of quotas by scenario; none where the build drew none."""
    if not marts.has("headline_uncertainty"):
        return {}
    return {row["scenario_id"]: row for row in marts.ask("quota/intervals")}


def span(low: int | None, high: int | None) -> str | None:
    """Return ``5 to 11``, or ``7`` where both ends are the same."""
    if low is None or high is None:
        return None
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _texts(row: dict[str, Any]) -> dict[str, str | None]:
    return {"rank_interval": span(row["rank_p05"], row["rank_p95"])}


def beside(
    rows: Rows,
    found: dict[str, dict[str, Any]],
    columns: list[Column],
    key: str = "region_id",
) -> Rows:
    """Return rows of regions, or of what the key names, with their intervals."""
    names = tuple(column.name for column in columns)
    place = rows.columns.index(key)
    return Rows(
        (*rows.columns, *names),
        [
            (*row, *(found.get(row[place], {}).get(name) for name in names))
            for row in rows.rows
        ],
    )


def ranks(scope: Scope, marts: Marts, regions: Rows) -> list[Section]:
    """Return a section of how sure each rank is, if that is known."""
    found = ask(marts, "ranking/intervals")
    if not found:
        return []
    columns = [*RANKS, *FOOTPRINTS[1:]]
    table = make_table(
        scope,
        "rank-intervals",
        f"Ranks and footprints with their intervals, {scope.title}",
        beside(regions, found, columns),
        [*_RANKED, *RANKS, *FOOTPRINTS],
    )
    return [Section("sure", "How sure each rank is", [WHAT], tables=[table])]


def others(
    scope: Scope, found: dict[str, dict[str, Any]], chosen: set[str]
) -> list[Any]:
    """Return a table of the regions that may be super-emitters too, if there are."""
    columns = tuple(dict.fromkeys([*(c.name for c in _OTHERS), "region_id"]))
    rows = [
        tuple(row[name] for name in columns)
        for row in found.values()
        if row["region_id"] not in chosen
        and (row["probability_super_emitter"] or 0) >= _LEAST_CHANCE
    ]
    if not rows:
        return []
    return [
        make_table(
            scope,
            "may-be-super-emitters",
            "Who else may be one: regions that are among the largest in 5 % of the "
            "draws or more",
            Rows(columns, rows),
            _OTHERS,
            WHAT,
        )
    ]


def headlines(scope: Scope, marts: Marts) -> list[Section]:
    """Return a section of figures with their intervals, if there are any."""
    if not marts.has("headline_uncertainty"):
        return []
    facts = [
        _fact(scope, row)
        for row in marts.ask("overview/intervals")
        if row["quantity"] in _QUANTITIES
    ]
    if not facts:
        return []
    return [Section("intervals", "How sure these figures are", [WHAT], facts)]


def _fact(scope: Scope, row: dict[str, Any]) -> Fact:
    unit = "stressor" if row["unit"] == "t" else "share"
    ends = [row[name] for name in ("p05", "p95")]
    if row["quantity"] == "gini_footprint":
        texts = ["" if end is None else f"{end:.3f}" for end in ends]
        value, written = f"{row['value']:.3f}", ""
    else:
        size = scope.scale([row["value"]], unit)
        texts = [size.text(end) for end in ends]
        value, written = size.text(row["value"]), size.unit
    note = " to ".join(texts)
    label = _QUANTITIES[row["quantity"]]
    return Fact(label, value, written, note, row["value"])
