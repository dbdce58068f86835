"""A build of what has changed gives the marts that a whole build gives.

Seeds, models, scenarios, vars and the dataset change at random, one after the other;
what is published is held against a project that has built nothing before.
"""

import csv
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.compare import asked
from support.random_systems import Size, random_system
from support.same_marts import copied, differing_columns
from support.tidy_folder import write_tidy
from support.warehouses import Project

pytestmark = pytest.mark.slow

NAME = "changing"
SIZE = Size(regions=4, sectors=3)
CHANGES, COMPARED_AFTER = 10, (4, 10)
# seed -> a column of figures that another one may be
FIGURES = {
    "carbon_prices": "price",
    "income_bands": "upper_bound_usd",
    "peak_projections": "emissions",
    "error_rules": "rse_cap",
    "comparators": "tonnes_per_person",
}
VARS = {
    "receivers_share": [0.3, 0.8],
    "super_emitter_rule": ["cumulative_half", "lorenz_elbow"],
    "peak_projection": ["mi_2017_early"],
    "income_year": [1987],
    "link_cutoff": [0.0005],
    "path_cutoff": [0.01, 0.1],
    "smallest_share": [0.01],
    "solver": ["streamed"],
    "analyses": [False],
}


@dataclass
class Changing:
    """A project in which something changes, and the vars of its next build."""

    project: Project
    random: random.Random
    vars: dict[str, object] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def build(self) -> str:
        """Build what has changed; return what was said."""
        words = ("--vars", json.dumps(self.vars)) if self.vars else ()
        built = self.project.run("carbonshed", "build", NAME, *words)
        assert built.code == 0, (self.done, built)
        return built.text

    def a_seed(self) -> str:
        """Raise a figure of a seed."""
        seed = self.random.choice(sorted(FIGURES))
        path = self.project.root / f"seeds/{seed}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        some = [row for row in rows if row[FIGURES[seed]]]
        row = self.random.choice(some)
        higher = float(row[FIGURES[seed]]) * 1.01
        row[FIGURES[seed]] = f"{higher:.0f}" if higher > 100 else f"{higher:.4f}"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return f"seeds/{seed}.csv"

    def a_model(self) -> str:
        """Write any model in other words, or let prices be others."""
        models = sorted((self.project.root / "models").rglob("*.sql"))
        path = self.random.choice(models)
        if self.random.random() < 0.5:
            (path,) = (each for each in models if each.stem == "stg_carbon_prices")
            text = path.read_text("utf-8")
            path.write_text(text.replace("    price,\n", "    price * 1.5 as price,\n"))
        else:
            path.write_text(path.read_text("utf-8") + "\n-- in other words\n")
        return str(path.relative_to(self.project.root))

    def the_scenarios(self) -> str:
        """Write other scenarios, or none."""
        path = self.project.root / "data" / NAME / "scenarios.csv"
        if path.exists() and self.random.random() < 0.3:
            path.unlink()
            return "no scenarios"
        factor = round(self.random.uniform(0.2, 0.9), 3)
        path.write_text(
            "scenario_id,region_id,lever,kind,value\n"
            f"mine,,intensity,factor,{factor}\n",
            "utf-8",
        )
        return f"scenarios by {factor}"

    def a_var(self) -> str:
        """Set a var, or take one back."""
        if self.vars and self.random.random() < 0.5:
            name = self.random.choice(sorted(self.vars))
            del self.vars[name]
            return f"no {name}"
        name = self.random.choice(sorted(VARS))
        self.vars[name] = self.random.choice(VARS[name])
        return f"{name} {self.vars[name]}"

    def the_dataset(self) -> str:
        """Ingest another table under the same name, the scenarios kept."""
        seed = self.random.randrange(1000)
        folder = self.project.root / f"tidy_{seed}"
        write_tidy(random_system(seed, SIZE), folder)
        self.project.ingest(folder, NAME).must_pass()
        return f"table {seed}"

    def change(self) -> None:
        """Change something."""
        kinds: list[Callable[[], str]] = [
            *[self.a_seed, self.a_model, self.the_scenarios, self.a_var] * 3,
            self.the_dataset,
        ]
        self.done.append(self.random.choice(kinds)())

    def built_anew(self, folder: Path) -> Path:
        """Return the warehouse of a whole build by a project that has built nothing."""
        other = Project(folder, ())
        shutil.copytree(
            self.project.root,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("target", "warehouse", "logs", "tidy*"),
        )
        with other.untested():
            return other.build(NAME, **self.vars)


def last_build(project: Project) -> tuple[str, str]:
    """Return the kind of the last build, and what it was made after."""
    published = project.root / "warehouse" / "published" / f"{NAME}.duckdb"
    ((kind, changed),) = asked(
        published, "select build_kind, changed from marts.publication"
    )
    return kind, changed


@pytest.mark.parametrize("seed", [48])
def test_ten_changes_one_by_one_are_as_good_as_a_whole_build(seed, tmp_path):
    (tmp_path / "project").mkdir()
    changing = Changing(Project(tmp_path / "project"), random.Random(seed))
    changing.the_dataset()
    changing.build()
    for number in range(1, CHANGES + 1):
        changing.change()
        said = changing.build()
        kind, changed = last_build(changing.project)
        if "nothing has changed" not in said:
            is_whole = "everything is built" in said
            assert is_whole == (kind == "full"), (changing.done, said)
            assert is_whole == (changed == ""), (changing.done, said)
        if number in COMPARED_AFTER:
            anew = changing.built_anew(tmp_path / f"anew_{number}")
            marts = [
                copied(path, tmp_path / f"marts_{kind}_{number}")
                for kind, path in (
                    ("changed", changing.project.warehouse(NAME)),
                    ("anew", anew),
                )
            ]
            assert differing_columns(*marts) == [], changing.done
