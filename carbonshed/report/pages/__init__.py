"""The pages of the report: questions, answers and charts."""

from types import ModuleType

from carbonshed.report.described import Described

# in the order in which they are read; the first is index.html
PAGES: dict[str, ModuleType | Described] = {
    "start": Described("start"),
    "compare": Described("compare"),
    "trade": Described("trade"),
    "pays": Described("pays"),
    "whatif": Described("whatif"),
    "place": Described("place"),
    "trust": Described("trust"),
}
# addresses of earlier reports, each with the page that has what was there
MOVED = {
    "chains": "trade",
    "leakage": "trade",
    "ranking": "compare",
    "inequality": "compare",
    "responsibility": "compare",
    "changes": "compare",
    "prices": "pays",
    "emitters": "whatif",
    "explore": "whatif",
    "quota": "whatif",
    "region": "place",
    "quality": "trust",
    "methods": "trust",
}
