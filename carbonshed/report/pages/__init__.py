"""The pages of the report: questions, answers and charts."""

from types import ModuleType

from carbonshed.report.described import Described
from carbonshed.report.pages import (
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
PAGES: dict[str, ModuleType | Described] = {
    "overview": overview,
    "ranking": ranking,
    "inequality": inequality,
    "leakage": leakage,
    "chains": chains,
    "responsibility": responsibility,
    "pays": Described("pays"),
    "emitters": emitters,
    "explore": explore,
    "quota": quota,
    "region": region,
    "quality": quality,
    "methods": methods,
}
# addresses of earlier reports, each with the page that has what was there
MOVED = {"prices": "pays"}
# pages of datasets with several years, each after the page that it is paired with
BETWEEN_YEARS = {"leakage": ("changes", changes)}


def pages_of(marts: Marts) -> dict[str, ModuleType | Described]:
    """Return the pages of a dataset: those between years only where it has several."""
    pages: dict[str, ModuleType | Described] = {}
    for id_, module in PAGES.items():
        pages[id_] = module
        if id_ in BETWEEN_YEARS:
            other, between = BETWEEN_YEARS[id_]
            if between.is_there(marts):
                pages[other] = between
    return pages
