"""Each command where data, warehouse and reports are links to another disk."""

from pathlib import Path

import pytest
from support.commands import run_command

NAME = "three_cities"
SCENARIO = "scenario_id,lever,kind,value\nless,demand,factor,0.9\n"


@pytest.fixture
def linked(three_cities: Path, project, tmp_path, monkeypatch) -> Path:
    """Return a project whose folders lead to those of the one that was built."""
    root, elsewhere = tmp_path / "project", tmp_path / "disk"
    for folder in (root, elsewhere / "reports"):
        folder.mkdir(parents=True)
    for name in ("dbt_project.yml", "seeds", "analyses", "macros"):
        (root / name).symlink_to(project.root / name)
    for name in ("data", "warehouse"):
        (root / name).symlink_to(project.root / name)
    (root / "reports").symlink_to(elsewhere / "reports")
    (root / "scenarios.csv").write_text(SCENARIO, "utf-8")
    (root / "prices.csv").write_text("price_id,price\nlevy,50\n", "utf-8")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("list", NAME),
        ("status", f"warehouse/{NAME}.duckdb ("),
        (f"status {NAME}", f"warehouse/published/{NAME}.duckdb ("),
        (f"audit {NAME}", f"audit of {NAME}: "),
        (f"check dataset {NAME}", "as written"),
        (f"check publication {NAME}", "as written"),
        (f"check scenarios scenarios.csv --dataset {NAME}", "1 scenario, 1 row"),
        (f"publish {NAME}", f"published already: warehouse/published/{NAME}.duckdb"),
        (f"show {NAME}", "regional_accounts"),
        (f"query {NAME} summarize.regions", "region_id"),
        (f"ask who_ships_carbon_to_whom --dataset {NAME}", "Which pairs"),
        (f"whatif scenarios.csv --dataset {NAME}", "less"),
        (f"price prices.csv --dataset {NAME}", "levy"),
        (f"report {NAME} --no-pictures", f"reports/{NAME}/index.html"),
        (f"export pymrio {NAME} out", "out: three_cities"),
        (f"template scenarios new.csv --dataset {NAME}", "an example for dataset"),
    ],
)
def test_it_does_what_it_does(linked, words, said):
    assert said in run_command(*(word.replace(".r", " r") for word in words.split()))
    assert (linked / "warehouse").is_symlink()
