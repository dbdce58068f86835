"""Words of the pages and what they mean: terms of the glossary that tables use."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def glossary() -> list[dict[str, str]]:
    """Read every term: group, meaning, column, and words by which tables use it."""
    with Path(__file__).with_name("glossary.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def words_of(labels: Iterable[str]) -> list[tuple[str, str]]:
    """Return the terms that labels of a table use, with their meanings."""
    text = "\n".join(labels)
    return [
        (each["term"], each["meaning"])
        for each in glossary()
        if any(
            re.search(rf"\b{word}\b", text)
            for word in each["words"].split("; ")
            if word
        )
    ]
