"""The picture of every combination of choices: which of them decides most."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from carbonshed.numbers import Scale
from carbonshed.report import vega
from carbonshed.report.colours import PALETTE, colour_of
from carbonshed.report.content import Chart, word
from carbonshed.report.context import Context
from carbonshed.report.queries import Rows

_POWER = {True: "included", False: "left out"}
_SHAPES = ["diamond", "square", "triangle-up", "triangle-down", "cross"]
_ROW = 24  # pixels
_SAME = 1e-9  # relative to the largest: sums in another order


@dataclass(frozen=True)
class Choice:
    """A choice: its heading, the subject of a sentence, its column and its words."""

    heading: str
    subject: str
    column: str
    word: Callable[[Any], str]


CHOICES = (
    Choice("Who acts", "Who acts", "rule_id", word),
    Choice("How clean producers become", "The benchmark", "benchmark_id", word),
    Choice("Cap on consumers", "The cap", "cap_id", word),
    Choice("Power supply", "Power supply", "includes_power_supply", _POWER.__getitem__),
)


def draw_choices(context: Context, combinations: Rows) -> Chart:
    """Draw what every combination avoids, once in the row of each of its choices.

    Combinations of shipped scenarios have marks of their own.
    """
    size = context.scale(combinations.column("quota"), "stressor")
    order, headings = _rows_of_choices(combinations)
    points, shipped = _points(combinations, size)
    names = list(dict.fromkeys(point["scenario"] for point in shipped))
    y = vega.labels(
        "row",
        order,
        axis={
            "labelExpr": "split(datum.label, '\\n')[1]",
            "labelFontWeight": {
                "condition": {
                    "test": f"indexof({headings!r}, datum.label) >= 0",
                    "value": "bold",
                },
                "value": "normal",
            },
            "ticks": False,
            "domain": False,
            "grid": True,
            "offset": 8,
        },
        scale={"domain": order},
    )
    x = vega.amount("emissions avoided", size)
    tips = vega.tips(
        "who=who acts",
        "benchmark=producers become as clean as",
        "cap=cap on consumers",
        "power=power supply",
        "text=avoided",
    )
    drawing = vega.layers(
        vega.draw(
            "point",
            points,
            {"size": 30, "color": colour_of("any combination"), "opacity": 1},
            x=x,
            y=y,
            tooltip=tips,
        ),
        vega.draw(
            "point",
            shipped,
            {"size": 130, "opacity": 1},
            x=x,
            y=y,
            **vega.kinds(
                "scenario",
                dict(zip(names, PALETTE, strict=False)),
                "shipped scenarios",
                also={"shape": _SHAPES[: len(names)]},
            ),
            tooltip=[*vega.tips("scenario"), *tips],
        ),
    )
    quotas = combinations.column("quota")
    written = dict.fromkeys(f"{row['scenario']} {row['text']}" for row in shipped)
    marked = f" Shipped scenarios are marked: {', '.join(written)}." if written else ""
    return Chart(
        "sensitivity",
        _title(combinations, size),
        f"Each of the {len(quotas)} combinations is a point in the row of each of its "
        f"four choices. They avoid {size.full(min(quotas))} to "
        f"{size.full(max(quotas))}.{marked}",
        vega.finished(drawing, height=_ROW * len(order)),
        combinations,
    )


def deciding(combinations: Rows) -> tuple[Choice, list[float]] | None:
    """Return the choice that explains most of the variance, and its mean quotas.

    The means are those of all combinations with each of its values. None if all
    combinations avoid the same.
    """
    quotas = combinations.column("quota")
    mean = fmean(quotas)
    if max(quotas) - min(quotas) <= _SAME * abs(max(quotas)):
        return None
    best, explained = None, -1.0
    for choice in CHOICES:
        groups: dict[Any, list[float]] = {}
        for row in combinations:
            groups.setdefault(row[choice.column], []).append(row["quota"])
        between = sum(
            len(group) * (fmean(group) - mean) ** 2 for group in groups.values()
        )
        if between > explained:
            best, explained = (choice, [*map(fmean, groups.values())]), between
    return best


def _title(combinations: Rows, size: Scale) -> str:
    decided = deciding(combinations)
    if decided is None:
        return "Every combination of choices avoids the same"
    choice, means = decided
    return (
        f"{choice.subject} decides most: {size.text(min(means))} to "
        f"{size.full(max(means))} on average"
    )


def _rows_of_choices(combinations: Rows) -> tuple[list[str], list[str]]:
    """Return the rows of the picture from the top, and those that are headings."""
    order, headings = [], []
    for choice in CHOICES:
        headings.append(f"\n{choice.heading}")
        values = dict.fromkeys(combinations.column(choice.column))
        order += [headings[-1], *(_row(choice, value) for value in values)]
    return order, headings


def _row(choice: Choice, value: Any) -> str:
    """Return the key of a row; two choices may have a value of the same words."""
    return f"{choice.column}\n{choice.word(value)}"


def _points(combinations: Rows, size: Scale) -> tuple[list[dict], list[dict]]:
    """Return points of all combinations, and those of shipped scenarios again."""
    points, shipped = [], []
    for combination in combinations:
        fields = {
            "who": word(combination["rule_id"]),
            "benchmark": word(combination["benchmark_id"]),
            "cap": word(combination["cap_id"]),
            "power": _POWER[combination["includes_power_supply"]],
            **vega.figures(size, combination["quota"]),
        }
        scenario = combination["scenario_names"]
        for choice in CHOICES:
            point = {**fields, "row": _row(choice, combination[choice.column])}
            points.append(point)
            if scenario is not None:
                shipped.append({**point, "scenario": scenario})
    return points, shipped
