"""The pages of the report: questions, answers and charts."""

from types import ModuleType

from carbonshed.report.pages import (
    carbon_price,
    chains,
    changes,
    emitters,
    explore,
    inequality,
    leakage,
    methods,
    overview,
    quality,
    quota,
    ranking,
    region,
    responsibility,
)
from carbonshed.report.queries import Marts

# in the order in which they are read; the first is index.html
PAGES = {
    "overview": overview,
    "ranking": ranking,
    "inequality": inequality,
    "leakage": leakage,
    "chains": chains,
    "responsibility": responsibility,
    "prices": carbon_price,
    "emitters": emitters,
    "explore": explore,
    "quota": quota,
    "region": region,
    "quality": quality,
    "methods": methods,
}
# pages of datasets with several years, each after the page that it is paired with
BETWEEN_YEARS = {"leakage": ("changes", changes)}


def pages_of(marts: Marts) -> dict[str, ModuleType]:
    """Return the pages of a dataset: those between years only where it has several."""
    pages: dict[str, ModuleType] = {}
    for id_, module in PAGES.items():
        pages[id_] = module
        if id_ in BETWEEN_YEARS:
            other, between = BETWEEN_YEARS[id_]
            if between.is_there(marts):
                pages[other] = between
    return pages
