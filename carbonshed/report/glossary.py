"""Words of the pages and what they mean: those of docs/glossary.md that tables use."""

import re
from collections.abc import Iterable

# the term in the glossary of the docs, words by which a table uses it, the meaning
GLOSSARY = (
    (
        "Lorenz curve",
        ("Gini",),
        "People sorted from the least to the most per person, against their cumulative "
        "share of the total. Perfect equality is a straight line.",
    ),
    (
        "Gini index",
        ("Gini",),
        "The distance of the Lorenz curve from perfect equality: 0 if all are equal, "
        "near 1 if one has everything.",
    ),
    (
        "Palma ratio",
        ("Palma",),
        "The amount of the top tenth of the population over that of the lower four "
        "tenths.",
    ),
    (
        "Theil index",
        ("Theil",),
        "A measure of inequality that splits into parts between and within groups of "
        "regions.",
    ),
    (
        "concentration index, Kakwani index",
        ("Concentration", "Kakwani"),
        "The Gini formula with regions sorted by GDP per person, and its excess over "
        "the Gini of GDP. Kakwani index above 0: rich regions have a larger share of "
        "carbon than of GDP.",
    ),
    (
        "terms of trade by gross trade",
        ("Terms of trade by gross trade",),
        "The standard ones: carbon per unit of money in a region's sales to other "
        "regions, over the same in its purchases.",
    ),
    (
        "terms of trade by value added",
        ("Terms of trade by value added",),
        "This project's own: carbon emitted for others per unit of value added earned, "
        "over carbon emitted elsewhere per unit that others earn.",
    ),
    (
        "scope 1",
        ("Scope 1",),
        "Emissions from sources inside the boundary of a city or region, as the Global "
        "Protocol for Cities counts them.",
    ),
    (
        "scope 2",
        ("Scope 2",),
        "Emissions of power stations elsewhere for the electricity, heat and steam "
        "used inside.",
    ),
    (
        "scope 3",
        ("Scope 3",),
        "All other emissions elsewhere that would not arise without what happens "
        "inside.",
    ),
    (
        "passing through",
        ("Passing through",),
        "Emitted elsewhere for final users outside a region, by way of its "
        "industries: the region is a hub.",
    ),
    (
        "burden",
        ("Burden", "bears"),
        "What final users of a region pay for the emissions behind their purchases, "
        "and for their own, at a price.",
    ),
    (
        "dividend",
        ("Dividend", "dividend"),
        "An equal part for everyone of what all ranked regions bear.",
    ),
    (
        "regressive",
        ("Incidence",),
        "Taking a larger share of what poorer regions spend; progressive if of what "
        "richer ones do, proportional if about the same.",
    ),
    (
        "super-emitter",
        ("super-emitters",),
        "A region that a rule selects to act, usually by the largest footprint, often "
        "just the most populous.",
    ),
    (
        "rules for who acts",
        ("Rule",),
        "The largest tenth: the largest by footprint, 32 of 309 as in the study. Half "
        "of the footprint: the largest, until together they have half of it. Above "
        "both means: in total and per person. Largest above the mean: the largest of "
        "those above the mean per person. Largest in either role: as a producer or as "
        "a consumer.",
    ),
    (
        "benchmark",
        ("Benchmark",),
        "The intensity of a sector's peers: a mean or a quantile.",
    ),
    (
        "cap",
        ("Cap",),
        "A footprint per person that a lever aims at.",
    ),
    (
        "allocation rules",
        ("Allocation rule",),
        "The same for each person: an equal part for everyone who receives. Most to "
        "those furthest below: in proportion to their gap to the footprint of the "
        "upper-middle income band. Filled up from the lowest: the lowest first, up to "
        "a common level.",
    ),
    (
        "pathway",
        ("Pathway",),
        "The levers assigned to a region by its affluence, industry and role in supply "
        "chains.",
    ),
    (
        "income band",
        ("Band before",),
        "The World Bank's low, lower middle, upper middle and high income groups.",
    ),
)


def words_of(labels: Iterable[str]) -> list[tuple[str, str]]:
    """Return the terms that labels of a table use, with their meanings."""
    text = "\n".join(labels)
    return [
        (term, meaning)
        for term, words, meaning in GLOSSARY
        if any(re.search(rf"\b{word}\b", text) for word in words)
    ]
