"""What is drawn, beside draws of another program; and builds without analyses."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
from support.compare import read_mart
from support.reference_uncertainty import draw

CHECKOUT = Path(__file__).resolve().parents[2]
ANALYSES = {
    "uncertainty_rules",
    "footprint_uncertainty",
    "footprint_covariances",
    "rank_uncertainty",
    "headline_uncertainty",
}
DATASETS = ["several_years", "what_if"]


@pytest.mark.parametrize("dataset", DATASETS)
def test_draws_agree_with_those_of_another_generator(dataset, request):
    built = request.getfixturevalue(dataset)
    regions = [region.id for region in built.system.regions if region.is_ranked]
    number = max(built.system.years)
    year = built.system.years[number]
    positions = [k for k, region in enumerate(built.system.regions) if region.is_ranked]
    people = np.array([year.population[k] for k in positions], dtype=float)
    columns = [
        "rank_p05",
        "rank_p50",
        "rank_p95",
        "per_capita_rank_p05",
        "per_capita_rank_p95",
        "probability_super_emitter",
    ]
    ranks = read_mart(built.warehouse, "rank_uncertainty", columns)
    headlines = read_mart(
        built.warehouse,
        "headline_uncertainty",
        ["drawn_mean", "standard_error", "p05", "p50", "p95"],
    )
    (stressor, rule) = next(key[1:3] for key in ranks if key[0] == number)
    pairs = built.expected["footprint_covariances"]
    accounts = built.expected["regional_accounts"]
    Q = np.array(
        [
            [pairs[number, stressor, rule, r, s]["covariance"] for s in regions]
            for r in regions
        ]
    )
    C = np.array(
        [accounts[number, stressor, r]["consumption_footprint"] for r in regions]
    )
    expected = draw(C, Q, people)
    for k, region in enumerate(regions):
        row = ranks[number, stressor, rule, region]
        chance = expected.super_emitters[k]
        assert row["probability_super_emitter"] == pytest.approx(chance, abs=0.02)
        for name, drawn in (
            ("", expected.ranks),
            ("per_capita_", expected.per_capita_ranks),
        ):
            for share in (5, 95):
                bound = np.quantile(drawn[:, k], share / 100, method="inverted_cdf")
                assert abs(row[f"{name}rank_p{share:02}"] - bound) <= 1
    row = headlines[number, stressor, rule, "top_share"]
    assert row["drawn_mean"] == pytest.approx(expected.top_share.mean(), abs=0.01)
    spread = expected.top_share.std()
    assert row["standard_error"] == pytest.approx(spread, rel=0.05)
    for share in (5, 50, 95):
        bound = np.quantile(expected.top_share, share / 100)
        assert row[f"p{share:02}"] == pytest.approx(bound, abs=0.1 * spread)
    total = headlines[number, stressor, rule, "footprint"]
    assert total["standard_error"] == pytest.approx(np.sqrt(Q.sum()), rel=1e-8)
    assert total["drawn_mean"] is None


def test_a_build_without_analyses_is_whole_and_they_can_follow(project, tmp_path):
    example = CHECKOUT / "docs" / "examples" / "three_cities"
    assert project.ingest(example, "without").code == 0
    warehouse = project.build("without", analyses=False)
    published = warehouse.parent / "published" / warehouse.name
    assert not tables_of(published) & ANALYSES
    made = project.run("carbonshed", "report", "without", "--out", str(tmp_path / "r"))
    assert made.code == 0, made
    assert "5 to 95" not in (tmp_path / "r" / "ranking.html").read_text("utf-8")
    # what needs the factors is solved again, what does not is added
    made = project.dbt("run", "without", "--select", "solves", "tag:analyses")
    assert made.code == 0, made
    assert "errors carried to 3 footprints" in made.text
    assert tables_of(warehouse) >= ANALYSES


def tables_of(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.sql("select table_name from duckdb_tables()").fetchall()
    return {name for (name,) in rows}
