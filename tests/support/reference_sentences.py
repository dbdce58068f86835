"""What the page of a region begins with, worked out from one table or from several.

It goes by docs/methods.md, Sentences about regions, and shares no code with the marts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from support.systems import System, Year

LETTERS, WORDS = 90, 14
CUTS = ((30, 5), (22, 3), (16, 2))  # letters and words of a name, its article included
ARTICLES = re.compile(
    "^(District of .*|.*(Republic|Federation|Islands|Emirates)|United .*"
    "|Netherlands|Philippines|Bahamas|Gambia|Maldives)$"
)
NAMED = {
    "hardly any": Fraction(0),
    "little": Fraction(3, 100),
    "a twentieth": Fraction(1, 20),
    "a twelfth": Fraction(1, 12),
    "a tenth": Fraction(1, 10),
    "an eighth": Fraction(1, 8),
    "a seventh": Fraction(1, 7),
    "a sixth": Fraction(1, 6),
    "a fifth": Fraction(1, 5),
    "a quarter": Fraction(1, 4),
    "three tenths": Fraction(3, 10),
    "a third": Fraction(1, 3),
    "two fifths": Fraction(2, 5),
    "nearly half": Fraction(45, 100),
    "half": Fraction(1, 2),
    "over half": Fraction(55, 100),
    "three fifths": Fraction(3, 5),
    "two thirds": Fraction(2, 3),
    "seven tenths": Fraction(7, 10),
    "three quarters": Fraction(3, 4),
    "four fifths": Fraction(4, 5),
    "nine tenths": Fraction(9, 10),
    "nearly all": Fraction(1),
}
MASSES = ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t"), (1e-3, "kg"))


@dataclass(frozen=True)
class Table:
    """A region in one table: its accounts, and what each other emits for it."""

    footprint: float
    production: float
    outflow: float
    suppliers: Mapping[str, float] = field(default_factory=dict)

    @property
    def inflow(self) -> float:
        return sum(self.suppliers.values())

    def elsewhere(self) -> float | None:
        return part(self.inflow, self.footprint)

    def serving(self) -> float | None:
        """Return what serves others of all emissions, if that is more than it takes."""
        is_more = self.outflow > self.inflow * (1 + 1e-12)
        return part(self.outflow, self.production) if is_more else None


@dataclass(frozen=True)
class Words:
    """Names by id, those that are ranked, nouns, and what footprints leave out."""

    names: Mapping[str, str]
    ranked: frozenset[str]
    noun: str
    others: str  # what regions are called of which some are not ranked
    left_out: str

    def name(self, region: str, cut: int, article: str = "the ") -> str:
        """Return a name as sentences have it, by so many letters and words at most."""
        name = self.names[region]
        takes = name.startswith("District of ") or self.noun == "country"
        if takes and ARTICLES.match(name):
            name = article + name
        letters, words = CUTS[cut]
        parts = name.split()
        if len(name) <= letters and len(parts) <= words:
            return name
        kept = name.strip()[: letters - 1]
        for number in range(1, words + 1):
            if len(" ".join(parts[:number])) < letters and number <= len(parts):
                kept = " ".join(parts[:number])
        return kept.rstrip(" ,;:(\N{EN DASH}-") + "…"


def sentence_rows(
    system: System,
    year: Year,
    rows: Mapping[str, Mapping],
    left_out: str,
    marts: Mapping[str, Mapping],
) -> dict[tuple, dict[str, str]]:
    """Return the sentences about all regions of a table that is not compiled."""
    ranked = [region for region in system.regions if region.is_ranked]
    kinds = {region.type for region in ranked}
    nouns = {"city": "cities", "county": "counties", "country": "countries"}
    kind = kinds.pop() if len(kinds) == 1 else ""
    noun = kind if kind in nouns else "region"
    has_remainder = any(region.type == "remainder" for region in system.regions)
    words = Words(
        {region.id: region.name_en or region.name for region in system.regions},
        frozenset(region.id for region in ranked),
        noun,
        "regions" if has_remainder else nouns.get(noun, "regions"),
        left_out,
    )
    found = {}
    for region, people in zip(system.regions, year.population, strict=True):
        flows = marts["leakage_flows"].items()
        table = Table(
            rows[region.id]["consumption_footprint"],
            rows[region.id]["production_emissions"],
            rows[region.id]["outflow_emissions"],
            {
                origin: row["gross_flow"]
                for (origin, destination), row in flows
                if destination == region.id and row["gross_flow"] > 0
            },
        )
        found[region.id,] = {
            "sentence": sentence_of(region.id, people, [table], words),
            "amount_in_words": amount_of(people, [table]),
        }
    return found


def part(amount: float, whole: float) -> float | None:
    """Return a share, None where amounts below zero make it none."""
    if whole <= 0 or not -1e-12 * whole <= amount <= whole * (1 + 1e-12):
        return None
    return amount / whole


def written(mass: float) -> str:
    """Write a mass with three digits."""
    if mass == 0:
        return "0 t"
    fits = ((mass / u, n) for u, n in MASSES if abs(mass) >= 0.9995 * u)
    value, name = next(fits, (0.0, ""))
    if not name:
        return "less than 1 kg"
    decimals = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return f"{value:.{decimals}f} {name}"


def ranged(masses: Sequence[float]) -> str:
    """Write a mass that tables agree on, or both ends with two digits."""
    low, high = min(masses), max(masses)
    if written(low) == written(high):
        return written(low)
    unit, name = next((u, n) for u, n in MASSES if high >= 0.9995 * u or u < 1)
    ends = [two(low / unit), two(high / unit)]
    return f"{' to '.join(dict.fromkeys(ends))} {name}"


def two(value: float) -> str:
    if value < 0.005:
        return "0"
    decimals = 2 if value < 0.95 else 1 if value < 9.5 else 0
    return f"{value:.{decimals}f}"


def percent(share: float) -> str:
    if 0 < share < 0.005:
        return "less than 1 %"
    return "more than 99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def named(share: float) -> str:
    """Return the word that is nearest to a share."""
    if share >= 1 - 1e-9:
        return "all"
    return min(NAMED, key=lambda word: abs(NAMED[word] - Fraction(share)))


def shared(shares: Sequence[float]) -> str:
    """Return the word for a share that tables agree on, or both ends."""
    low, high = min(shares), max(shares)
    if named(low) == named(high):
        return named(low)
    if low < 0.005:
        return f"up to {percent(high)}"
    return f"{percent(low).replace(' %', '')} to {percent(high)}"


def three(amount: float) -> str:
    return f"{amount:.2e}"


def supplier_of(tables: Sequence[Table], words: Words) -> tuple[str, str]:
    """Return which ranked region emits most for it in all tables, and how much that is.

    Empty where tables disagree, or where it does not stand out in the first.
    """
    found = []
    for table in tables:
        ranked = {r: x for r, x in table.suppliers.items() if r in words.ranked}
        if not ranked:
            return "", ""
        first = min(ranked, key=lambda region: (-ranked[region], region))
        found.append((first, ranked[first], max(table.suppliers.values())))
        equals = [x for x in ranked.values() if three(x) == three(ranked[first])]
        if table is tables[0] and len(equals) > 1:
            return "", ""
    if len({first for first, *_ in found}) > 1:
        return "", ""
    if all(x > t.inflow / 2 for t, (_, x, _) in zip(tables, found, strict=True)):
        return found[0][0], "most in {}"
    if all(x == largest for _, x, largest in found):
        return found[0][0], "above all in {}"
    return found[0][0], f"in no {words.noun} more than {{}}"


def sentences(
    region: str, people: int | None, tables: Sequence[Table], words: Words
) -> Iterator[tuple[str, bool]]:
    """Yield what may be said, best first, and whether it is to be of few words."""
    names = [words.name(region, cut, "The ") for cut in range(3)]
    footprints = [table.footprint for table in tables]
    if min(footprints) < 0 or max(footprints) == 0:
        end = "nothing is emitted for what is bought there"
        if min(footprints) < 0:
            end = "its footprint is below zero, so no share of it is given"
        yield from ((f"{name}: {end}", False) for name in names)
        return
    amount = amount_of(people, tables)
    if words.left_out:
        is_abroad = "imports" in words.left_out
        amount += " without imports" if is_abroad else " without household fuel"
    elsewhere = [table.elsewhere() for table in tables]
    serving = [table.serving() for table in tables]
    serves = None not in (*elsewhere, *serving) and min(serving) >= 0.04
    if serves:
        end = f"; {shared(serving)} of its emissions serve other {words.others}"
        yield f"{names[0]}: {amount}{end}", True
        end = f"; {shared(serving)} of emissions serve others"
        yield from with_names(names, amount, [end] * 3)
    if None not in elsewhere:
        told, with_supplier = from_elsewhere(elsewhere, tables, words)
        if with_supplier and not serves:
            long = with_supplier[0].replace(" emitted", " of it emitted")
            yield f"{names[0]}: {amount}{long}", True
        there = told.replace("emitted elsewhere", f"emitted in other {words.others}")
        yield from with_names(names, amount, with_supplier)
        yield f"{names[0]}: {amount}{there}", False
        there = told.replace("emitted elsewhere", "from elsewhere")
        yield from with_names(names, amount, [there] * 3)
    yield from with_names(names, amount, [""] * 3)


def with_names(
    names: list[str], amount: str, ends: list[str]
) -> Iterator[tuple[str, bool]]:
    """Yield what begins with each cut of a name, the longest first."""
    for name, end in zip(names, ends, strict=False):
        yield f"{name}: {amount}{end}", False


def from_elsewhere(
    shares: list[float], tables: Sequence[Table], words: Words
) -> tuple[str, list[str]]:
    """Return an end on what is emitted elsewhere, and by cut one with a supplier."""
    if max(shares) == 0:
        return ", all emitted there", []
    end = f", {shared(shares)} emitted elsewhere"
    supplier, most = supplier_of(tables, words)
    if not supplier or min(shares) < 0.015:
        return end, []
    called = [words.name(supplier, cut) for cut in range(3)]
    return end, [f"{end}, {most.format(each)}" for each in called]


def amount_of(people: int | None, tables: Sequence[Table]) -> str:
    """Return the footprint in all tables, per person where people are known."""
    amounts = [table.footprint / (people or 1) for table in tables]
    return ranged(amounts) + (" per person" if people else "")


def sentence_of(
    region: str, people: int | None, tables: Sequence[Table], words: Words
) -> str:
    """Return the sentence about a region; the first table is its own."""
    return next(
        sentence
        for sentence, is_short in sentences(region, people, tables, words)
        if len(sentence) <= LETTERS
        and (len(sentence.split(" ")) <= WORDS or not is_short)
    )
