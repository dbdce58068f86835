"""Sentences of several pages, and reasons for which a section may be empty."""

from collections.abc import Iterable

from carbonshed.report.context import Context
from carbonshed.report.queries import Rows
from carbonshed.text import sentence


def contradicted(context: Context, published: Rows) -> set[str]:
    """Return regions whose published footprint lies outside the interval here."""
    if not context.is_of_the_world:
        return set()
    return {
        row["region_id"]
        for row in published
        if row["account_id"] == "consumption" and row["is_inside_interval"] is False
    }


def world_per_person(
    rows: Iterable[dict], column: str = "footprint_per_capita"
) -> tuple[float, int | None] | None:
    """Return the world's footprint per person, with which ratios to it were made.

    With its year, None if that is not known. None without any ratio.
    """
    for row in rows:
        if row["world_average_ratio"] and row[column]:
            return row[column] / row["world_average_ratio"], row["comparator_year"]
    return None


def comparators(rows: Rows) -> dict[str, str]:
    """Return the names of the world and of the United States, with their year."""
    names = {}
    for key, name, column in (
        ("world", "the world", "comparator_year"),
        ("states", "the United States", "us_comparator_year"),
    ):
        year = next(filter(None, rows.column(column)), None)
        names[key] = f"{name} of {year}" if year else name
    return names


def on_producers(context: Context, summary: Rows) -> list[str]:
    """Return what is to be minded of the benchmarks of scenarios, a sentence each."""
    notes = dict.fromkeys(row["producer_premise_note"] for row in summary)
    return [sentence(context.with_nouns(note)) for note in notes if note]


def not_shown(withheld: Rows) -> str:
    """Return why figures about receivers are withheld in scenarios, or nothing."""
    text = "; or ".join(dict.fromkeys(row["premise_note"] for row in withheld))
    return text and f"{text}."
