"""Pictures of trade, emitters and scenarios: figures of a few rows by pencil."""

import itertools

import pytest
from support.pictures import apart, texts_and_dots
from test_report_charts import svg_of
from test_report_parts import CONTEXT

from carbonshed.report.described import Material
from carbonshed.report.pages.choices import deciding, draw_choices
from carbonshed.report.pages.emitters import _draw_shares
from carbonshed.report.pages.scatter import name_points, outliers, padded
from carbonshed.report.pages.trade import draw_elsewhere, draw_largest, draw_tiers
from carbonshed.report.queries import Rows

MT = 1e6


def of(query, rows):
    """Return the material of a page with the answer to one query."""
    return Material(CONTEXT, None, _rows={query: rows})


def marks(chart, kind):
    """Return the rows of all layers of a kind of mark."""
    return [
        row
        for layer in chart.spec["layer"]
        if layer["mark"]["type"] == kind
        for row in (layer.get("data") or chart.spec["data"])["values"]
    ]


FLOWS = Rows(
    (
        *("origin_region_id", "origin", "destination_region_id", "destination"),
        *("gross_flow", "reverse_flow", "net_flow"),
        *("pairs", "all_pairs", "flows_between_ranked", "all_flows"),
    ),
    [
        ("A", "Aland", "B", "Berg", 30 * MT, 10 * MT, 20 * MT, 5, 7, 60 * MT, 100 * MT),
        ("C", "Cove", "B", "Berg", 15 * MT, 1 * MT, 14 * MT, 5, 7, 60 * MT, 100 * MT),
        ("B", "Berg", "A", "Aland", 10 * MT, 30 * MT, 0.0, 5, 7, 60 * MT, 100 * MT),
    ],
)


def test_the_largest_flows_stand_beside_all_others():
    chart = draw_largest(of("leakage/largest", FLOWS))
    assert chart.title == (
        "The 3 largest flows are 55 % of what is emitted for other regions"
    )
    bar = [row for row in marks(chart, "rect") if "kind" in row]
    # and nodes, which lead to their places
    assert {row["region_id"] for row in marks(chart, "rect") if "kind" not in row} == {
        *"ABC"
    }
    assert [(row["kind"], row["x"], row["x2"]) for row in bar] == [
        ("the largest flow: 30.0 Mt, 30 %", 0, 0.3),
        ("the next 2: 25.0 Mt, 25 %", 0.3, 0.55),
        ("2 more between regions: 5.00 Mt, 5 %", 0.55, 0.6),
        ("from or to balancing blocks: 40.0 Mt, 40 %", 0.6, 1),
    ]
    written = {(row["x"], row["line"]) for row in marks(chart, "text") if "line" in row}
    assert {(0, "Aland"), (0, "30.0 Mt"), (1, "Berg"), (1, "45.0 Mt")} <= written
    assert "Aland for Berg, 30.0 Mt; 10.0 Mt flows back" in chart.summary
    small = [(*row[:-1], 1_000 * MT) for row in FLOWS.rows]
    assert draw_largest(of("leakage/largest", Rows(FLOWS.columns, small))) is None
    # the largest lies over what it crosses
    assert marks(chart, "area")[-1]["kind"] == bar[0]["kind"]


LONG = (
    "Pohjois-Pohjanmaa",
    "District of Columbia",
    "Autonomous Territorial Collectivity of the Northern Highlands",
    "\N{CJK UNIFIED IDEOGRAPH-5317}" * 12,
)


@pytest.mark.parametrize("width", [300, 480, 720, 1_150])
@pytest.mark.parametrize("name", LONG)
def test_long_names_of_a_flow_stay_within_the_picture(name, width):
    """From a phone to a screen: whole on two lines, or cut at a word."""
    rows = [tuple({"Berg": name}.get(cell, cell) for cell in row) for row in FLOWS.rows]
    spec = draw_largest(of("leakage/largest", Rows(FLOWS.columns, rows))).spec
    picture = svg_of(spec, width)
    texts = [
        text
        for text in texts_and_dots(picture)[0]
        if "role-mark" in text.roles and not text.words.endswith(" Mt")
    ]
    parts = [
        text.words for text in texts if text.words.strip("\N{HORIZONTAL ELLIPSIS}")
    ]
    beginnings = [part.rstrip("\N{HORIZONTAL ELLIPSIS}") for part in parts]
    of_name = [part for part in beginnings if part in name]
    assert of_name
    if " " in name:
        assert {word for part in of_name for word in part.split()} <= {*name.split()}
    if width > 1_000 and len(name) < 25:
        assert name in parts
    for one, other in itertools.combinations(texts, 2):
        assert apart(one, other), (one.words, other.words)
    # the box of the plot, with what its edges may add
    left = min(text.left for text in texts)
    right = max(text.right for text in texts)
    assert right - left <= width + 2


PARTS = Rows(
    (
        *("region_id", "region_name", "regions", "footprint"),
        *("from_elsewhere", "from_there", "by_final_users"),
    ),
    [
        (None, None, 3, 200 * MT, 150 * MT, 30 * MT, 20 * MT),
        ("A", "Aland", 1, 100 * MT, 80 * MT, 10 * MT, 10 * MT),
        ("B", "Berg", 1, 50 * MT, 20 * MT, 20 * MT, 10 * MT),
        # used up stocks: its parts are no shares
        ("C", "Cove", 1, 10 * MT, 12 * MT, -2 * MT, 0.0),
    ],
)


def test_parts_of_footprints_are_shares_of_each():
    chart = draw_elsewhere(of("leakage/elsewhere", PARTS))
    shares = {
        (row["region"], row["order"]): row["share"] for row in marks(chart, "bar")
    }
    assert shares == {
        ("all 3 together", 0): 0.75,
        ("all 3 together", 1): 0.15,
        ("all 3 together", 2): 0.1,
        ("Aland", 0): 0.8,
        ("Aland", 1): 0.1,
        ("Aland", 2): 0.1,
        ("Berg", 0): 0.4,
        ("Berg", 1): 0.4,
        ("Berg", 2): 0.2,
    }
    written = [row["text"] for row in marks(chart, "text")]
    assert written == ["75 %", "80 %", "40 %"]
    negative = Rows(PARTS.columns, PARTS.rows[3:])
    assert draw_elsewhere(of("leakage/elsewhere", negative)) is None


# 20 of 200 Mt by final users, 153 by makers and direct suppliers
TIERS = Rows(
    ("tier", "emissions", "footprints"),
    [
        (None if tier < 0 else tier, emissions * MT, 200 * MT)
        for tier, emissions in enumerate((20, 90, 63, 16, 4, 2, 3, 2), -1)
    ],
)


def test_tiers_are_shares_of_the_footprint_and_those_afar_are_summed():
    chart = draw_tiers(of("chains/tiers", TIERS))
    rows = chart.spec["data"]["values"]
    assert [(row["who"], row["amount"], row["share"]) for row in rows] == [
        ("final users", 20, "10 %"),
        ("final makers", 90, "45 %"),
        ("direct suppliers", 63, "32 %"),
        ("their suppliers", 16, "8 %"),
        ("3 steps away", 4, "2 %"),
        ("4 steps away", 2, "1 %"),
        # the last two tiers
        ("farther away", 5, "2 %"),
    ]
    assert [*dict.fromkeys(row["kind"] for row in rows)] == [
        "final users: 10 %",
        "up to direct suppliers: 76 %",
        "farther upstream: 14 %",
    ]
    assert "final makers 90.0 Mt; direct suppliers" in chart.summary


def test_without_direct_emissions_final_users_have_no_bar():
    rows = [(tier, 0.0 if tier is None else e, whole) for tier, e, whole in TIERS.rows]
    chart = draw_tiers(of("chains/tiers", Rows(TIERS.columns, rows)))
    shown = chart.spec["data"]["values"]
    assert shown[0]["who"] == "final makers"
    assert not any("final users" in row["kind"] for row in shown)


def test_footprints_that_cancel_have_no_shares():
    rows = [(*row[:2], 0.0) for row in TIERS.rows]
    shown = draw_tiers(of("chains/tiers", Rows(TIERS.columns, rows))).spec["data"][
        "values"
    ]
    assert {row["share"] for row in shown} == {""}
    assert shown[-1]["kind"] == "farther upstream"


EMITTERS = Rows(
    (
        *("region_id", "region_name", "measure_value", "footprint_share"),
        *("footprint_per_capita", "population_share", "population", "is_selected"),
    ),
    [
        ("A", "Aland", 60 * MT, 0.6, 30.0, 0.2, 2e6, True),
        ("B", "Berg", 10 * MT, 0.1, 10 / 3, 0.3, 3e6, True),
        ("C", "Cove", 20 * MT, 0.2, 5.0, 0.4, 4e6, False),
        ("D", "Dale", 10 * MT, 0.1, 10.0, 0.1, 1e6, False),
    ],
)


def test_shares_of_footprint_and_people_stand_beside_each_other():
    chart = _draw_shares(CONTEXT, EMITTERS)
    assert chart.title == (
        "Among the largest, a person causes 3.33 t (Berg) to 30.0 t (Aland)"
    )
    # 70 Mt of 5 million people, 30 Mt of 5 million others
    rows = chart.spec["data"]["values"]
    assert [(row["row"], row["text"]) for row in rows] == [
        ("Both together\n14.0 t each", "70 %"),
        ("Both together\n14.0 t each", "50 %"),
        ("Aland\n30.0 t each", "60 %"),
        ("Aland\n30.0 t each", "20 %"),
        ("Berg\n3.33 t each", "10 %"),
        ("Berg\n3.33 t each", "30 %"),
        ("2 other regions\n6.00 t each", "30 %"),
        ("2 other regions\n6.00 t each", "50 %"),
    ]
    assert [row["region_id"] for row in rows[2:4]] == ["A", "A"]


def test_only_a_group_that_none_rules_is_spoken_of_as_one():
    """Aland, Berg and Dale cause 80 Mt of 6 million people, Cove 20 Mt of 4 million."""

    def title(people):
        *rows, (*last, _) = EMITTERS.rows
        rows = [(*row[:-2], people[row[0]], row[-1]) for row in (*rows, (*last, True))]
        return _draw_shares(CONTEXT, Rows(EMITTERS.columns, rows)).title

    assert title({"A": 2e6, "B": 3e6, "C": 4e6, "D": 1e6}) == (
        "In these 3 regions a person causes 13.3 t, elsewhere 5.00 t"
    )
    # a person more in Berg than half of them
    assert title({"A": 2e6, "B": 3e6 + 1, "C": 4e6, "D": 1e6}) == (
        "Among the largest, a person causes 3.33 t (Berg) to 30.0 t (Aland)"
    )


def test_without_people_shares_of_the_footprint_stand_alone():
    index = EMITTERS.columns.index("population")
    rows = [
        (*row[: index - 1], None, None if row[0] == "D" else row[index], row[-1])
        for row in EMITTERS.rows
    ]
    chart = _draw_shares(CONTEXT, Rows(EMITTERS.columns, rows))
    assert chart.title == "Shares of the footprint"
    texts = [row["text"] for row in chart.spec["data"]["values"]]
    assert texts == ["70 %", "60 %", "10 %", "30 %"]
    nobody = [(*row[:-1], False) for row in EMITTERS.rows]
    assert _draw_shares(CONTEXT, Rows(EMITTERS.columns, nobody)) is None


CHOICES = (
    *("rule_id", "benchmark_id", "cap_id", "includes_power_supply"),
    *("quota", "scenario_names"),
)


def combinations(quota):
    """Return all combinations of two values each, with a quota of their numbers."""
    return Rows(
        CHOICES,
        [
            (f"r{r}", f"b{b}", f"c{c}", bool(p), quota(r, b, c, p) * MT, name)
            for r in (0, 1)
            for b in (0, 1)
            for c in (0, 1)
            for p in (0, 1)
            for name in ("Low" if (r, b, c, p) == (0, 1, 0, 1) else None,)
        ],
    )


def test_the_choice_that_decides_most_is_named_with_its_means():
    rows = combinations(lambda r, b, c, p: 1 + 2 * r + b + 6 * c + p)
    choice, means = deciding(rows)
    # the others add 0 to 4, 2 on average
    assert (choice.column, means) == ("cap_id", [3 * MT, 9 * MT])
    chart = draw_choices(CONTEXT, rows)
    assert chart.title == "The cap decides most: 3.00 to 9.00 Mt on average"
    assert "Low 3.00 Mt" in chart.summary
    points, shipped = (layer["data"]["values"] for layer in chart.spec["layer"])
    assert len(points) == 16 * 4
    assert {(row["row"], row["scenario"]) for row in shipped} == {
        ("rule_id\nr0", "Low"),
        ("benchmark_id\nb1", "Low"),
        ("cap_id\nc0", "Low"),
        ("includes_power_supply\nincluded", "Low"),
    }
    same = combinations(lambda *_: 4)
    assert deciding(same) is None
    assert draw_choices(CONTEXT, same).title == (
        "Every combination of choices avoids the same"
    )


def test_points_farthest_from_the_middle_are_named_first():
    points = [
        {"region": name, "a": a, "b": b}
        for name, a, b in (
            ("middle", 5, 5),
            ("right", 50, 5),
            ("up", 6, 90),
            ("beside", 4, 4),
            ("between", 5, 6),
        )
    ]
    # medians 5 and 5; the farthest are 45 and 85 away
    assert outliers(points, ("a", "b"))[:2] == [1, 2]
    x, y = (
        {"field": field, "scale": padded([point[field] for point in points])}
        for field in ("a", "b")
    )
    assert x["scale"]["domain"] == pytest.approx([4 - 46 * 0.08, 50 + 46 * 0.08])
    (names,) = name_points(points, [1, 2], x, y, 300)
    assert {row["name"] for row in names["data"]["values"]} == {"right", "up"}
