"""The context of a set of pages: a dataset, a year and a stressor."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.numbers import Scale, choose_scale
from carbonshed.report.map_ground import MapGround, read_ground
from carbonshed.report.queries import Marts, with_english_names
from carbonshed.report.sentences import fill
from carbonshed.text import split_caveat, with_nouns

USUAL_STRESSOR = "co2"
# as the macro `number_in_words` writes them: whole per cent, and three digits
_IN_SENTENCES = {"share": Scale(0.01, "%", 0), "percent": Scale(0.01, "%")}


@dataclass(frozen=True)
class Context:
    """A year and a stressor of a dataset, and the scope of their footprints."""

    dataset: dict[str, Any]  # the row of the mart `dataset`
    year: int
    stressor: str
    stressor_name: str
    unit: str  # `t`, `currency` or `person`
    folder: str  # folder of pages below the report's; empty for the first
    extent: str  # `scope` of the mart `account_extents`
    leaves_out: str  # in words; empty where footprints leave out nothing
    has_exports: bool
    is_lower_bound: bool
    findings: Mapping[str, str] = field(default_factory=dict)  # sentences by id
    values: Mapping[str, float | None] = field(
        default_factory=dict
    )  # values of findings
    headlines: Mapping[str, str] = field(default_factory=dict)  # spoken, by id
    # what tests a headline has passed, by the headline
    licences: Mapping[str, str] = field(default_factory=dict)
    grades: Mapping[str, str] = field(default_factory=dict)  # of findings, by id
    # regions that headlines name, by year and finding
    named: Mapping[tuple[int, str], list[str]] = field(default_factory=dict)
    unranked: int = 0  # regions of the accounts that no ranking includes
    ground: MapGround | None = None  # of maps; None where regions have no places
    # the folder of each year of the stressor, from the first year to the last
    years: Mapping[int, str] = field(default_factory=dict)
    # labels and units of marts' columns by name
    columns: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    # axes and units that charts of these years share, once they are worked out
    shared: dict[Any, Any] = field(default_factory=dict, compare=False)

    @property
    def is_compiled(self) -> bool:
        """Whether trade between regions is estimated, so that variants may differ."""
        return bool(self.dataset.get("is_compiled"))

    @property
    def region(self) -> str:
        """The noun for a region: country, city, region."""
        return self.dataset.get("region_noun") or "region"

    @property
    def regions(self) -> str:
        """The noun for regions: countries, cities, regions."""
        return self.dataset.get("region_noun_plural") or "regions"

    def with_nouns(self, text: str) -> str:
        """Return a text with the dataset's noun in place of region.

        Put names of regions in afterwards: they may contain the word.
        """
        return with_nouns(text, self.region, self.regions)

    @property
    def words(self) -> dict[str, Any]:
        """The values of fields that texts of every page may have."""
        return {
            "title": self.title,
            "year": self.year,
            "stressor": self.stressor_name,
            "counted_in": self.unit,
            "currency": self.currency,
            "outside": self.outside,
            "left_out": self.leaves_out.replace("; ", " and "),
            "is_lower_bound": self.is_lower_bound,
            "is_of_the_world": self.is_of_the_world,
            "is_of_a_country": not self.is_of_the_world,
            "is_global": self.extent.startswith("global"),
            "is_partial": not self.extent.startswith("global"),
            "is_compiled": self.is_compiled,
            "is_surveyed": not self.is_compiled,
            "has_direct": self.has_direct,
            "has_exports": self.has_exports,
            "has_unranked": self.unranked > 0,
        }

    def fill(self, text: str, values: Mapping[str, Any]) -> str:
        """Return a text with nouns and values; empty where one is not known."""
        return fill(self.with_nouns(text), values, self._in_sentence) or ""

    def _in_sentence(self, value: float, unit: str) -> str:
        scale = _IN_SENTENCES.get(unit)
        return scale.full(value) if scale else self.text(value, unit)

    def finding(self, id_: str) -> str:
        """Return a finding as a title, empty if the mart lacks it."""
        return self.findings.get(id_, "").removesuffix(".")

    def headline(self, id_: str) -> str:
        """Return a headline, empty if the mart lacks it."""
        return self.headlines.get(id_, "").removesuffix(".")

    def spoken_number(self, id_: str) -> str:
        """Return a headline that says a number, empty if it says why there is none."""
        return self.headline(id_) if self.values.get(id_) is not None else ""

    def subject(self, id_: str, year: int | None = None) -> str:
        """Return the region that a headline names, empty unless it is one."""
        region, *others = self.named.get((year or self.year, id_)) or [""]
        return "" if others else region

    @property
    def is_mass(self) -> bool:
        """True for a stressor that has marts beyond the accounts."""
        return self.unit == "t"

    @property
    def caveat(self) -> str:
        """What is saved with every number; empty for nothing."""
        return self.dataset.get("caveat") or ""

    @property
    def mark(self) -> str:
        """The mark of titles, such as synthetic data; empty for none."""
        return split_caveat(self.caveat)[0]

    @property
    def caveat_note(self) -> str:
        """The caveat in sentences, without its mark; empty for none."""
        note = self.dataset.get("caveat_note") or ""
        note = note.partition(": ")[2] if self.mark else note
        return note[:1].upper() + note[1:]

    @property
    def currency(self) -> str:
        """The name of the currency."""
        return self.dataset["currency"]

    @property
    def title(self) -> str:
        """The stressor and the year."""
        return f"{self.stressor_name}, {self.year}"

    @property
    def is_of_the_world(self) -> bool:
        """True for a table of the world."""
        return self.dataset["country"] == "WLD"

    def of(self, extent: str) -> "Context":
        """Return the context of a figure whose footprints have another extent."""
        return replace(self, extent=extent) if extent else self

    @property
    def outside(self) -> str:
        """The destination of deliveries that leave the table."""
        return "outside the table" if self.is_of_the_world else "abroad"

    @property
    def has_direct(self) -> bool:
        """True if footprints include direct emissions of final users."""
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
        """The line below the title of every chart."""
        mark = f"{self.mark.upper()} · " if self.mark else ""
        return f"{mark}{self.title} · {self.holds} · {self.dataset['name']}"

    @property
    def stem(self) -> str:
        """The beginning of all file names: dataset, year and stressor."""
        return f"{self.dataset['name']}-{self.year}-{_plain(self.stressor)}"

    @property
    def notes(self) -> list[str]:
        """The lines below the title of a saved picture."""
        by_author = split_caveat(self.caveat)[1]
        source = f"Source: {self.dataset['source']}"
        return [self.subtitle, *filter(None, [by_author]), source, self._licence]

    @property
    def _licence(self) -> str:
        return f"Licence: {self.dataset['licence']} · made with Carbonshed"

    @property
    def marks(self) -> dict[str, Any]:
        """The columns that every row of a file has: its origin and its units."""
        return {
            "dataset": self.dataset["name"],
            "year": self.year,
            "stressor_id": self.stressor,
            "unit": self.unit,
            "currency": self.currency,
            "is_synthetic": self.dataset["is_synthetic"],
            "caveat": self.caveat or None,
        }

    def text(self, value: float | None, unit: str) -> str:
        """Write a single number with its unit, as `scale` does a column."""
        return self.scale([value], unit).full(value)

    def scale(self, values: Any, unit: str) -> Scale:
        """Choose the scale of a column; `stressor` stands for the stressor's unit."""
        return choose_scale(values, unit.replace("stressor", self.unit), self.currency)


def read_contexts(marts: Marts) -> list[Context]:
    """Return the contexts of the report, the usual one first.

    They are the years of all stressors that are a mass, since the marts beyond the
    accounts are made for these; of the other stressors if there is none.
    """
    dataset = marts.ask("common/dataset").first()
    extents = list(marts.ask("common/extents"))
    publication = marts.ask_if_built("common/publication").first() or {}
    if dataset is None or not extents:
        raise CarbonshedError(
            "the warehouse has no accounts to report on: the mart regional_accounts "
            "is empty; build it again"
        )
    if any(extent["is_mass"] for extent in extents):
        extents = [extent for extent in extents if extent["is_mass"]]
    extents.sort(key=_usual_first)
    findings: dict[tuple, dict[str, str]] = defaultdict(dict)
    values: dict[tuple, dict[str, float | None]] = defaultdict(dict)
    headlines: dict[tuple, dict[str, str]] = defaultdict(dict)
    licences: dict[tuple, dict[str, str]] = defaultdict(dict)
    grades: dict[tuple, dict[str, str]] = defaultdict(dict)
    named: dict[str, dict[tuple[int, str], list[str]]] = defaultdict(dict)
    for row in marts.ask("common/findings"):
        key, finding = (row["year"], row["stressor_id"]), row["finding_id"]
        findings[key][finding] = with_english_names(row["finding"], marts.names)
        values[key][finding] = row["value"]
        grades[key][finding] = row.get("grade") or ""
        named[row["stressor_id"]][row["year"], finding] = row.get("subject_ids")
        if headline := row.get("headline"):
            headlines[key][finding] = headline
            licences[key][headline.removesuffix(".")] = row.get("licence") or ""
    used: set[str] = {""}
    folders = [
        _folder(extent, used) if number else "" for number, extent in enumerate(extents)
    ]
    years: dict[str, dict[int, str]] = defaultdict(dict)
    for extent, folder in sorted(
        zip(extents, folders, strict=True), key=lambda pair: pair[0]["year"]
    ):
        years[extent["stressor_id"]][extent["year"]] = folder
    shared: dict[str, dict[Any, Any]] = defaultdict(dict)
    ground = read_ground(marts, dataset["country"])
    columns = {name: head for name, *head in marts.ask("common/columns").rows}
    dataset |= {
        name: publication.get(name) for name in ("publication_id", "published_at")
    }
    return [
        Context(
            dataset,
            extent["year"],
            extent["stressor_id"],
            extent["stressor_name"],
            extent["unit"],
            folder,
            extent["scope"],
            extent["footprints_leave_out"],
            extent["has_exports"],
            extent["is_lower_bound"],
            findings[extent["year"], extent["stressor_id"]],
            values[extent["year"], extent["stressor_id"]],
            headlines[extent["year"], extent["stressor_id"]],
            licences[extent["year"], extent["stressor_id"]],
            grades[extent["year"], extent["stressor_id"]],
            named[extent["stressor_id"]],
            extent["unranked_regions"],
            ground,
            years[extent["stressor_id"]],
            columns,
            shared[extent["stressor_id"]],
        )
        for extent, folder in zip(extents, folders, strict=True)
    ]


def _usual_first(extent: dict[str, Any]) -> tuple:
    """Order contexts: carbon dioxide, impacts, which add up gases, then the others."""
    stressor = extent["stressor_id"]
    is_other = stressor != USUAL_STRESSOR
    return is_other, not extent["is_impact"], stressor, -extent["year"]


def _folder(extent: dict[str, Any], folders: set[str]) -> str:
    """Return a new name for a folder; ids may have what file names may not."""
    name = f"{extent['year']}-{_plain(extent['stressor_id'])}"
    number = 2
    folder = name
    while folder in folders:
        folder, number = f"{name}-{number}", number + 1
    folders.add(folder)
    return folder


def _plain(stressor: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", stressor.lower()).strip("-") or "stressor"
