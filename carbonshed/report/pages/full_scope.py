"""Footprints with imports, beside those without."""

from dataclasses import dataclass
from typing import Any

from carbonshed.numbers import MISSING, percent
from carbonshed.report.content import Fact, make_fact
from carbonshed.report.context import Context
from carbonshed.report.pages import reasons
from carbonshed.report.queries import Rows

# lines of a region in each scope: label, columns, unit
_LINES = (
    ("footprint", "domestic_footprint", "full_footprint", "stressor"),
    ("of it {outside}, for producers", "", "imports_in_production", "stressor"),
    ("of it {outside}, for final users", "", "imports_of_final_users", "stressor"),
    (
        "footprint",
        "domestic_footprint_per_capita",
        "full_footprint_per_capita",
        "stressor per person",
    ),
    ("rank", "footprint_rank", "full_footprint_rank", "count"),
    ("times {world}{at_least}", "", "world_average_ratio", "ratio"),
    ("times {states}{at_least}", "", "us_ratio", "ratio"),
)
_METHODS = {
    "domestic_technology": (
        "valued as if they were made {outside} as they are made here. Where power is "
        "dirtier here than at the partners' this is too much, where it is cleaner too "
        "little"
    ),
    "user_file": "valued by the dataset's own intensities of imports",
}
_SHORT_METHODS = {"domestic_technology": ", valued as if made here,"}
# a sum further from the published one, as a share of it, says nothing about levels
_MAX_DIFFERENCE = 0.1


@dataclass(frozen=True)
class FullScope:
    """Rows of the mart `footprints_with_imports` of a year."""

    context: Context
    rows: Rows

    def __bool__(self) -> bool:
        """Return True if the table has imports in this year."""
        return len(self.rows) > 0

    @property
    def extent(self) -> str:
        """The extent of these footprints, as the mart `account_extents` writes it."""
        suffix = "" if self.context.has_direct else ", without direct emissions"
        return f"{self.name}{suffix}"

    @property
    def name(self) -> str:
        """The name of these footprints, by whose imports they include."""
        return "with imports" if self._has_final_users else "with imports of producers"

    @property
    def _has_final_users(self) -> bool:
        return any(self.rows.column("imports_of_final_users"))

    @property
    def text(self) -> str:
        """A text on the extent of these footprints, and on how imports are valued."""
        outside = self.context.outside
        method = _METHODS[self.rows.column("method_id")[0]].format(outside=outside)
        sentence = (
            f"Footprints {self.name} hold what these cause {outside}, and no other "
            f"figure of this report does: {method}. Where it is not known which "
            "products are imported, they are those that the buyer also buys inside the "
            "table."
        )
        missing = " and ".join(self.left_out)
        if missing:
            sentence += f" They leave out {missing}, which this table lacks."
        return sentence

    @property
    def comparison(self) -> str:
        """A comparison of the sum with the published one; empty without one."""
        published, difference = self._published
        if published is None:
            return ""
        total = published * (1 + difference)
        size = self.context.scale([total], "stressor")
        side = "above" if difference >= 0 else "below"
        sentence = (
            f"Their sum, {size.full(total)}, is {percent(abs(difference), 0)} {side} "
            f"the {size.full(published)} that are published for consumption"
        )
        if self.is_far:
            return f"{sentence}, so no level per person is read off them."
        return f"{sentence}."

    @property
    def is_far(self) -> bool:
        """True if the sum is too far from the published one to be compared."""
        _, difference = self._published
        return difference is not None and abs(difference) > _MAX_DIFFERENCE

    @property
    def _published(self) -> tuple[float | None, float | None]:
        """The published emissions of the country, and the relative difference.

        Both are None for several countries, and for invented regions.
        """
        if self.context.dataset["is_synthetic"]:
            return None, None
        names = ("published_emissions", "relative_difference_to_published")
        pairs = {tuple(row[name] for name in names) for row in self.rows}
        return pairs.pop() if len(pairs) == 1 else (None, None)

    @property
    def total(self) -> Fact:
        """The footprints of all regions with imports, beside the published ones."""
        row = self.rows.first()
        published, _ = self._published
        note = ""
        if published is not None:
            amount = self.context.text(published, "stressor")
            note = f"{amount} are published for consumption"
        label = f"footprints {self.name}"
        return make_fact(self.context, label, row["full_footprint"], "stressor", note)

    @property
    def headline(self) -> str:
        """The footprints of all regions with imports and without, as a title."""
        total = self.rows.first()
        size = self.context.scale([total["full_footprint"]], "stressor")
        published, _ = self._published
        is_bound = total["is_lower_bound"] and (
            published is None or total["full_footprint"] <= published
        )
        with_imports = self.name.removeprefix("with ")
        method = _SHORT_METHODS.get(total["method_id"], "")
        sentence = (
            f"Footprints are {'at least ' if is_bound else ''}"
            f"{size.full(total['full_footprint'])} with {with_imports}{method} and "
            f"{size.full(total['domestic_footprint'])} without imports"
        )
        if published is not None:
            sentence += f"; {size.full(published)} are published"
        return sentence

    @property
    def left_out(self) -> list[str]:
        """The emissions that footprints with imports leave out."""
        emissions = []
        if not self.context.has_direct:
            emissions.append("direct emissions of households")
        if not self._has_final_users:
            outside = self.context.outside
            emissions.append(f"what imports of final users cause {outside}")
        return emissions

    @property
    def labels(self) -> list[str]:
        """The label of each line about a region."""
        return [label.format(**self._label_words) for label, *_ in self._lines]

    @property
    def lines(self) -> dict[str, list[list[str]]]:
        """The lines of each region: unit, and texts in domestic and full scope."""
        lines = self._lines
        return {row["region_id"]: _texts(self.context, row, lines) for row in self.rows}

    @property
    def _lines(self) -> list[tuple[str, str, str, str]]:
        """The lines that some region has: not all stressors have a comparator."""
        return [
            line
            for line in _LINES
            if any(value is not None for value in self.rows.column(line[2]))
        ]

    @property
    def _label_words(self) -> dict[str, str]:
        return {
            **reasons.comparators(self.rows),
            "outside": self.context.outside,
            "at_least": ", at least" if self.left_out else "",
        }


def _texts(
    context: Context, row: dict[str, Any], lines: list[tuple[str, str, str, str]]
) -> list[list[str]]:
    """Return unit and texts of a region; lines of one unit have one scale."""
    scales = {
        unit: context.scale([row[full] for _, _, full, of in lines if of == unit], unit)
        for *_, unit in lines
    }
    return [
        [
            scales[unit].unit,
            scales[unit].text(row[domestic]) if domestic else MISSING,
            scales[unit].text(row[full]),
        ]
        for _, domestic, full, unit in lines
    ]
