"""The layout of a Sankey diagram: flows from places on the left to places on the right.

Lengths are in pixels and grow downwards. All flows have one scale, so that the width of
a ribbon is its amount; a place is at least as high as its label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_POINTS = 24  # steps along a ribbon


@dataclass(frozen=True)
class Flow:
    """An amount from one place to another."""

    origin: str
    destination: str
    amount: float


@dataclass(frozen=True)
class Span:
    """A stretch from the top down."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """The middle."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """The length."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Ribbon:
    """A flow between its two ends."""

    flow: Flow
    left: Span
    right: Span

    def edges(self) -> list[tuple[float, float, float]]:
        """Return points along the ribbon: way from 0 to 1, upper and lower edge."""
        points = []
        for step in range(_POINTS + 1):
            way = step / _POINTS
            bend = way * way * (3 - 2 * way)  # level at both ends
            points.append(
                (
                    way,
                    self.left.top + bend * (self.right.top - self.left.top),
                    self.left.bottom + bend * (self.right.bottom - self.left.bottom),
                )
            )
        return points


@dataclass(frozen=True)
class Layout:
    """A diagram: where its places and its ribbons are."""

    left: dict[str, Span]
    right: dict[str, Span]
    ribbons: list[Ribbon]
    height: float


def lay_out(
    flows: Sequence[Flow],
    width_of_all: float,
    labels: tuple[Mapping[str, float], Mapping[str, float]],
    gap: float,
) -> Layout:
    """Lay out flows as ribbons between two columns of places.

    Places on the left are in the order of what leaves them; those on the right are
    beside what they receive, which keeps crossings few.

    Parameters
    ----------
    flows
        Positive amounts, one for each pair of places.
    width_of_all
        Pixels of all ribbons beside each other.
    labels
        Pixels that the label of a place needs, on the left and on the right.
    gap
        Pixels between two places, at least.

    Returns
    -------
    Layout
        Ribbons in the order of the flows.

    Raises
    ------
    ValueError
        If an amount is not positive, or a pair of places has two flows.
    """
    if any(flow.amount <= 0 for flow in flows):
        raise ValueError("a ribbon needs a positive amount")
    if len({(flow.origin, flow.destination) for flow in flows}) < len(flows):
        raise ValueError("a pair of places has one ribbon")
    scale = width_of_all / sum(flow.amount for flow in flows)
    left = _ribbon_heights(flows, "origin", scale)
    right = _ribbon_heights(flows, "destination", scale)
    origins = sorted(left, key=lambda node: (-left[node], node))
    beside = _mean_positions(flows, origins)
    destinations = sorted(right, key=lambda node: (beside[node], -right[node], node))
    columns = [
        [(node, heights[node], max(heights[node], needs[node])) for node in order]
        for order, heights, needs in zip(
            (origins, destinations), (left, right), labels, strict=True
        )
    ]
    height = max(
        sum(slot for _, _, slot in column) + gap * (len(column) - 1)
        for column in columns
    )
    bars = [_stack(column, gap, height) for column in columns]
    starts = _spans(flows, "origin", "destination", scale, *bars)
    ends = _spans(flows, "destination", "origin", scale, *reversed(bars))
    ribbons = [Ribbon(flow, starts[flow], ends[flow]) for flow in flows]
    return Layout(*bars, ribbons, height)


def _ribbon_heights(flows: Sequence[Flow], side: str, scale: float) -> dict[str, float]:
    heights: dict[str, float] = {}
    for flow in flows:
        node = getattr(flow, side)
        heights[node] = heights.get(node, 0.0) + flow.amount * scale
    return heights


def _mean_positions(flows: Sequence[Flow], origins: list[str]) -> dict[str, float]:
    """Return the mean position of what leads to each destination, by amount."""
    sums: dict[str, tuple[float, float]] = {}
    for flow in flows:
        weighted, amount = sums.get(flow.destination, (0.0, 0.0))
        position = origins.index(flow.origin)
        sums[flow.destination] = (
            weighted + position * flow.amount,
            amount + flow.amount,
        )
    return {node: weighted / amount for node, (weighted, amount) in sums.items()}


def _stack(
    column: list[tuple[str, float, float]], gap: float, height: float
) -> dict[str, Span]:
    """Return the bar of each node, in the middle of its slot; gaps fill the height."""
    slots = sum(slot for _, _, slot in column)
    gap = (height - slots) / (len(column) - 1) if len(column) > 1 else gap
    top = 0.0 if len(column) > 1 else (height - slots) / 2
    bars = {}
    for node, bar, slot in column:
        middle = top + slot / 2
        bars[node] = Span(middle - bar / 2, middle + bar / 2)
        top += slot + gap
    return bars


def _spans(
    flows: Sequence[Flow],
    side: str,
    other: str,
    scale: float,
    bars: Mapping[str, Span],
    across: Mapping[str, Span],
) -> dict[Flow, Span]:
    """Return where ribbons touch one side, in the order of where they lead."""
    tops = {node: bar.top for node, bar in bars.items()}
    spans = {}
    for flow in sorted(flows, key=lambda flow: across[getattr(flow, other)].top):
        node = getattr(flow, side)
        spans[flow] = Span(tops[node], tops[node] + flow.amount * scale)
        tops[node] = spans[flow].bottom
    return spans
