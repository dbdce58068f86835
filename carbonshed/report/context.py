"""What a set of pages is about: a dataset, a year and a stressor."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.numbers import Scale, choose_scale
from carbonshed.report.marts import Marts, with_english_names

USUAL_STRESSOR = "co2"
_REGION = re.compile(r"(\b[Aa] )?\b([Rr]egion)(s)?\b")


@dataclass(frozen=True)
class Context:
    """A year and a stressor of a dataset.

    Attributes
    ----------
    dataset
        The row of the mart `dataset`.
    year, stressor, stressor_name, unit
        What is shown, and its unit: `t`, `currency` or `person`.
    folder
        Where its pages are, below that of the report; empty for the first.
    extent
        What footprints hold, as in the mart `scopes`.
    leaves_out
        What they do not hold, in words; empty where they hold all.
    has_exports
        Whether anything is delivered to outside the table in this year.
    is_lower_bound
        Whether a footprint is at least its figure, and maybe more.
    findings
        What stands out in this year, sentences by id, the first first.
    values
        The number that each of these sentences is about.
    unranked
        How many regions are in the accounts and in no ranking.
    """

    dataset: dict[str, Any]
    year: int
    stressor: str
    stressor_name: str
    unit: str
    folder: str
    extent: str
    leaves_out: str
    has_exports: bool
    is_lower_bound: bool
    findings: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, float | None] = field(default_factory=dict)
    unranked: int = 0

    @property
    def region(self) -> str:
        """What one of its regions is called: country, city, region."""
        return self.dataset.get("region_noun") or "region"

    @property
    def regions(self) -> str:
        """What its regions are called: countries, cities, regions."""
        return self.dataset.get("region_noun_plural") or "regions"

    def with_nouns(self, text: str) -> str:
        """Return words about regions with what they are called in this dataset.

        For the words of a page alone: a name of a region is put in afterwards.
        """
        return _REGION.sub(self._named, text)

    def _named(self, match: re.Match[str]) -> str:
        article, word, plural = match.groups()
        noun = self.regions if plural else self.region
        if word[0] == "R":
            noun = noun[:1].upper() + noun[1:]
        if article and noun[0].lower() in "aeiou":
            article = f"{article.strip()}n "
        return f"{article or ''}{noun}"

    def finding(self, id_: str) -> str:
        """Return a finding as a title, empty where the mart does not say it."""
        return self.findings.get(id_, "").removesuffix(".")

    @property
    def is_mass(self) -> bool:
        """Whether there is more than accounts."""
        return self.unit == "t"

    @property
    def caveat(self) -> str:
        """What is said with every number: synthetic data, compiled estimate."""
        return self.dataset.get("caveat") or ""

    @property
    def currency(self) -> str:
        """Name of the currency."""
        return self.dataset["currency"]

    @property
    def title(self) -> str:
        """The stressor and the year."""
        return f"{self.stressor_name}, {self.year}"

    @property
    def is_of_the_world(self) -> bool:
        """Whether the table is one of the world."""
        return self.dataset["country"] == "WLD"

    def of(self, extent: str) -> "Context":
        """Return the context of a figure whose footprints hold something else."""
        return replace(self, extent=extent) if extent else self

    @property
    def outside(self) -> str:
        """Where what is delivered to outside the table goes."""
        return "outside the table" if self.is_of_the_world else "abroad"

    @property
    def has_direct(self) -> bool:
        """Whether footprints hold what final users emit themselves."""
        return not self.extent.endswith("without direct emissions")

    @property
    def holds(self) -> str:
        """The scope of footprints in a few words."""
        if self.extent.startswith("with imports"):
            return self.extent
        first, _, without = self.extent.partition(" without ")
        return f"{first} scope" + (f", without {without}" if without else "")

    @property
    def subtitle(self) -> str:
        """What stands below the title of every chart."""
        mark = f"{self.caveat.upper()} · " if self.caveat else ""
        return f"{mark}{self.title} · {self.holds} · {self.dataset['name']}"

    @property
    def stem(self) -> str:
        """What the names of all files begin with: dataset, year and stressor."""
        return f"{self.dataset['name']}-{self.year}-{_plain(self.stressor)}"

    @property
    def notes(self) -> list[str]:
        """What a picture says below its title, wherever it goes."""
        return [self.subtitle, f"Source: {self.dataset['source']}", self._licence]

    @property
    def _licence(self) -> str:
        return f"Licence: {self.dataset['licence']} · made with Carbonshed"

    @property
    def marks(self) -> dict[str, Any]:
        """What every row of a file says of itself: where it comes from, which units."""
        return {
            "dataset": self.dataset["name"],
            "year": self.year,
            "stressor_id": self.stressor,
            "unit": self.unit,
            "currency": self.currency,
            "is_synthetic": self.dataset["is_synthetic"],
            "caveat": self.caveat or None,
        }

    def scale(self, values: Any, unit: str) -> Scale:
        """Choose how a column is written; `stressor` stands for its unit."""
        return choose_scale(values, self.unit_of(unit), self.currency)

    def unit_of(self, unit: str) -> str:
        """Return a unit that names the stressor's own."""
        return unit.replace("stressor", self.unit)


def read_contexts(marts: Marts) -> list[Context]:
    """Return what the report is about, the most usual first.

    Each year of each stressor that is a mass, since the marts beyond the accounts are
    made for these; of the other stressors if there is none.

    Raises
    ------
    CarbonshedError
        If the accounts are empty.
    """
    dataset = marts.ask("common/dataset").first()
    found = list(marts.ask("common/scopes"))
    if dataset is None or not found:
        raise CarbonshedError(
            "the warehouse has no accounts to report on: the mart regional_accounts "
            "is empty; build it again"
        )
    if any(each["is_mass"] for each in found):
        found = [each for each in found if each["is_mass"]]
    found.sort(key=_usual_first)
    findings: dict[tuple, dict[str, str]] = defaultdict(dict)
    values: dict[tuple, dict[str, float | None]] = defaultdict(dict)
    for each in marts.ask("common/findings"):
        of = each["year"], each["stressor_id"]
        findings[of][each["finding_id"]] = with_english_names(
            each["finding"], marts.names
        )
        values[of][each["finding_id"]] = each["value"]
    taken: set[str] = {""}
    return [
        Context(
            dataset,
            each["year"],
            each["stressor_id"],
            each["stressor_name"],
            each["unit"],
            _folder(each, taken) if number else "",
            each["scope"],
            each["footprints_leave_out"],
            each["has_exports"],
            each["is_lower_bound"],
            findings[each["year"], each["stressor_id"]],
            values[each["year"], each["stressor_id"]],
            each["unranked_regions"],
        )
        for number, each in enumerate(found)
    ]


def _usual_first(each: dict[str, Any]) -> tuple:
    return each["stressor_id"] != USUAL_STRESSOR, each["stressor_id"], -each["year"]


def _folder(each: dict[str, Any], taken: set[str]) -> str:
    """Return a name for a folder; ids may hold what file names may not."""
    name = f"{each['year']}-{_plain(each['stressor_id'])}"
    number = 2
    folder = name
    while folder in taken:
        folder, number = f"{name}-{number}", number + 1
    taken.add(folder)
    return folder


def _plain(stressor: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", stressor.lower()).strip("-") or "stressor"
