"""Ids of rules stand in SQL, seeds and docs; code takes them from what is published.

Only ids of several words are looked for: others, such as `low`, mean other things too.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
RULES = (
    *("allocation_rules", "benchmarks", "caps", "carbon_prices", "charged_parts"),
    *("error_rules", "peak_projections", "super_emitter_rules"),
)
CODE = ("carbonshed/**/*.py", "carbonshed/**/*.html", "carbonshed/report/assets/*.js")
SHOWN = ("tools/web/src/*.js", "bi/**/*.py", "bi/**/*.yaml", "semantic/*.yml")
PERMITTED = {
    "tools/web/src/evaluate.js": "evaluates levers in the browser, as SQL does",
    "carbonshed/report/assets/explore.js": "is made of it",
}


def ids_of_rules() -> set[str]:
    """Return the ids of several words."""
    rows = []
    for seed in RULES:
        with (CHECKOUT / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
            rows += [next(iter(row.values())) for row in csv.DictReader(file)]
    return {id_ for id_ in rows if re.search(r"_|\d", id_)}


def named_in(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each place outside SQL and seeds that names a rule, with its id."""
    quoted = re.compile(rf"""(["'`])({"|".join(ids_of_rules())})\1""")
    for pattern in (*CODE, *SHOWN):
        for path in root.glob(pattern):
            for _, id_ in quoted.findall(path.read_text("utf-8")):
                yield path.relative_to(root).as_posix(), id_


def test_rules_are_named_where_they_are_defined_only():
    elsewhere = [place for place in named_in(CHECKOUT) if place[0] not in PERMITTED]
    assert elsewhere == [], "read these ids from what is published, or from the seed"


def test_each_exception_is_needed():
    assert {path for path, _ in named_in(CHECKOUT)} == PERMITTED.keys()


def test_a_rule_in_code_is_found(tmp_path):
    page = tmp_path / "carbonshed" / "report" / "pages" / "some.py"
    page.parent.mkdir(parents=True)
    page.write_text('if rule == "lorenz_elbow":\n    low = "low"\n', "utf-8")
    assert list(named_in(tmp_path)) == [
        ("carbonshed/report/pages/some.py", "lorenz_elbow")
    ]
    assert {"p25", "national_mean", "mi_2017"} <= ids_of_rules()
    assert ids_of_rules().isdisjoint({"low", "all", "cap_id", "rule_id"})
