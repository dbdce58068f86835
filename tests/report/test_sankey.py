"""Sankey diagrams: a small one laid out with a pencil, and laws of any other."""

import random
from itertools import pairwise

import pytest

from carbonshed.report.sankey import Flow, Span, lay_out

SIDES = ("origin", "destination")


def level(value):
    return pytest.approx(value, abs=1e-6)


def test_three_flows_are_laid_out_as_with_a_pencil():
    flows = [Flow("A", "X", 6), Flow("A", "Y", 2), Flow("B", "X", 2)]
    layout = lay_out(flows, 100, ({"A": 30, "B": 30}, {"X": 15, "Y": 15}), gap=5)
    assert layout.height == 115  # A is 80 high, the label of B 30
    assert layout.left == {"A": Span(0, 80), "B": Span(90, 110)}
    # Y is served by A alone, so it is above X; the gap takes what is left
    assert layout.right == {"Y": Span(0, 20), "X": Span(35, 115)}
    assert [(ribbon.left, ribbon.right) for ribbon in layout.ribbons] == [
        (Span(20, 80), Span(35, 95)),
        (Span(0, 20), Span(0, 20)),
        (Span(90, 110), Span(95, 115)),
    ]
    way, upper, lower = zip(*layout.ribbons[0].edges(), strict=True)
    assert (way[0], upper[0], lower[0]) == (0, 20, 80)
    assert (way[-1], upper[-1], lower[-1]) == (1, 35, 95)
    middle = len(way) // 2
    assert (way[middle], upper[middle], lower[middle]) == (0.5, 27.5, 87.5)


@pytest.mark.parametrize("seed", range(20))
def test_ribbons_fill_their_places_and_places_stay_apart(seed):
    dice = random.Random(seed)
    pairs = [(f"o{i}", f"d{j}") for i in range(7) for j in range(7)]
    flows = [
        Flow(*pair, 10 ** dice.uniform(0, 6))
        for pair in dice.sample(pairs, dice.randint(2, 12))
    ]
    origins, destinations = ({getattr(flow, side) for flow in flows} for side in SIDES)
    labels = dict.fromkeys(origins, 30), dict.fromkeys(destinations, 45)
    layout = lay_out(flows, 250, labels, gap=8)
    total = sum(flow.amount for flow in flows)
    for side, bars, needs in zip(
        SIDES, (layout.left, layout.right), (30, 45), strict=True
    ):
        ends = "left" if side == "origin" else "right"
        for node, bar in bars.items():
            spans = sorted(
                (
                    getattr(ribbon, ends)
                    for ribbon in layout.ribbons
                    if getattr(ribbon.flow, side) == node
                ),
                key=lambda span: span.top,
            )
            assert spans[0].top == level(bar.top)
            assert spans[-1].bottom == level(bar.bottom)
            assert all(a.bottom == level(b.top) for a, b in pairwise(spans))
        slots = sorted((bar.middle, max(bar.height, needs)) for bar in bars.values())
        for (above, high), (below, low) in pairwise(slots):
            assert below - above >= (high + low) / 2 + 8 - 1e-6
        assert slots[0][0] - slots[0][1] / 2 >= -1e-6
        assert slots[-1][0] + slots[-1][1] / 2 <= layout.height + 1e-6
    for ribbon in layout.ribbons:
        width = 250 * ribbon.flow.amount / total
        assert ribbon.left.height == level(width)
        assert ribbon.right.height == level(width)


def test_what_has_no_width_is_refused():
    with pytest.raises(ValueError, match="positive"):
        lay_out([Flow("A", "B", 0.0)], 50, ({"A": 1}, {"B": 1}), 1)
    with pytest.raises(ValueError, match="one ribbon"):
        lay_out([Flow("A", "B", 1), Flow("A", "B", 2)], 50, ({"A": 1}, {"B": 1}), 1)
