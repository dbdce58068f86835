"""Which of CEADs' workbooks a file is, for the message of a reader that refuses it."""

import re
from pathlib import Path

from carbonshed.readers.files.workbooks import Workbook

_KINDS = (
    (
        r"emissionvector|emissionmatrix",
        "the emission inventory of cities, which holds totals and neither a table nor "
        "sectors",
    ),
    (
        r"co2\d{4}|\d{4}to\d{4}",
        "CO2 by city and sector, which goes with the table (give it as --emissions)",
    ),
    (r"table.*|mrio\d{4}.*", "a provincial table: use ceads-province"),
    (
        r"[a-z]+\d{4}",
        "the emission inventory of provinces, which goes with "
        "ceads-province (as --emissions)",
    ),
)


def kind_of_workbook(path: Path) -> str:
    """Return what a workbook holds, and which reader takes it."""
    with Workbook(path) as book:
        plain = [re.sub(r"[\W_]+", "", sheet).casefold() for sheet in book.sheets]
        for pattern, kind in _KINDS:
            if any(re.fullmatch(pattern, sheet) for sheet in plain):
                return f"this is {kind}"
        return f"this is a workbook with the sheets {book.listed_sheets()}"
