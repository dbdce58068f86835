"""Contexts of a report that no warehouse stands behind, and answers of few rows."""

from dataclasses import replace
from datetime import datetime

from carbonshed.report.context import Context
from carbonshed.report.queries import Rows

DATASET = {
    "name": "tiny",
    "currency": "EUR",
    "is_synthetic": True,
    "caveat": "synthetic data",
    "caveat_note": "SYNTHETIC: nothing here is real.",
    "source": "a census",
    "licence": "CC0",
    "country": "FIN",
    "title": "Tiny",
    "publication_id": "20120101T000000.000000Z",
    "published_at": datetime(2012, 1, 1),
}
CONTEXT = Context(
    DATASET,
    2012,
    "co2",
    "Carbon dioxide",
    "t",
    "",
    "domestic without direct emissions",
    "emissions abroad caused by imports; direct emissions of households",
    has_exports=True,
    is_lower_bound=True,
)
REAL = replace(CONTEXT, dataset=DATASET | {"is_synthetic": False, "caveat": None})
WORLD = replace(
    REAL,
    dataset=REAL.dataset
    | {"country": "WLD", "region_noun": "country", "region_noun_plural": "countries"},
    extent="global",
    leaves_out="",
    is_lower_bound=False,
)
NO_ROWS = Rows((), [])


def as_rows(*rows: dict[str, object]) -> Rows:
    """Return an answer of rows that have the same columns."""
    return Rows(tuple(rows[0]), [tuple(row.values()) for row in rows])
