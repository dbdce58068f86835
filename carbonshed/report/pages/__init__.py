"""The pages of the report: questions, answers and charts."""

from carbonshed.report.pages import (
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
)

# in the order in which they are read; the first is index.html
PAGES = {
    "overview": overview,
    "ranking": ranking,
    "inequality": inequality,
    "leakage": leakage,
    "emitters": emitters,
    "explore": explore,
    "quota": quota,
    "region": region,
    "quality": quality,
    "methods": methods,
}
