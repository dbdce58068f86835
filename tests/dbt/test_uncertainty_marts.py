"""What is drawn, beside draws of another program; and builds without analyses."""

import re
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest
from support.compare import asked, read_mart
from support.mart_contract import entries_of
from support.random_systems import Size, random_system
from support.reference_uncertainty import draw
from support.tidy_folder import write_tidy

CHECKOUT = Path(__file__).resolve().parents[2]
ANALYSES = {*entries_of("models/marts/uncertainty")}
CHAINS = {*entries_of("models/marts/supply")}
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
    ranks = read_mart(built.warehouse, "footprint_uncertainty", columns)
    headlines = read_mart(
        built.warehouse,
        "headline_uncertainty",
        ["drawn_mean", "standard_error", "p05", "p50", "p95"],
    )
    stressor = next(key[1] for key in ranks if key[0] == number)
    pairs = built.expected["footprint_covariances"]
    accounts = built.expected["regional_accounts"]
    Q = np.array(
        [
            [pairs[number, stressor, r, s]["covariance"] for s in regions]
            for r in regions
        ]
    )
    C = np.array(
        [accounts[number, stressor, r]["consumption_footprint"] for r in regions]
    )
    expected = draw(C, Q, people)
    for k, region in enumerate(regions):
        row = ranks[number, stressor, region]
        chance = expected.super_emitters[k]
        assert row["probability_super_emitter"] == pytest.approx(chance, abs=0.02)
        for name, drawn in (
            ("", expected.ranks),
            ("per_capita_", expected.per_capita_ranks),
        ):
            for share in (5, 95):
                bound = np.quantile(drawn[:, k], share / 100, method="inverted_cdf")
                assert abs(row[f"{name}rank_p{share:02}"] - bound) <= 1
    row = headlines[number, stressor, "top_share"]
    assert row["drawn_mean"] == pytest.approx(expected.top_share.mean(), abs=0.01)
    spread = expected.top_share.std()
    assert row["standard_error"] == pytest.approx(spread, rel=0.05)
    for share in (5, 50, 95):
        bound = np.quantile(expected.top_share, share / 100)
        assert row[f"p{share:02}"] == pytest.approx(bound, abs=0.1 * spread)
    total = headlines[number, stressor, "footprint"]
    assert total["standard_error"] == pytest.approx(np.sqrt(Q.sum()), rel=1e-8)
    assert total["drawn_mean"] is None


@pytest.mark.parametrize("dataset", DATASETS)
def test_headlines_have_the_intervals_of_their_quantity(dataset, request):
    warehouse = request.getfixturevalue(dataset).warehouse
    intervals = {
        (*key[:2], key[-1]): (row["p05"], row["p95"])
        for key, row in read_mart(
            warehouse, "headline_uncertainty", ["p05", "p95"]
        ).items()
    }
    columns = ["computed_value", "p05", "p95"]
    shown = set()
    for (*case, headline), row in read_mart(warehouse, "headlines", columns).items():
        ends = intervals.get((*case, headline), (None, None))
        assert (row["p05"], row["p95"]) == ends, headline
        if ends != (None, None):
            shown.add(headline)
    # where a var asks for it
    asked = {"interregional_share"} if dataset == "what_if" else set()
    assert shown == asked


@pytest.mark.parametrize(
    ("dataset", "rule"), [("several_years", "correlated"), ("edges", "independent")]
)
def test_a_build_holds_the_errors_of_one_rule(dataset, rule, request):
    """Else every sum over them is double: the default, or that of a var."""
    warehouse = request.getfixturevalue(dataset).warehouse
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for mart in sorted(ANALYSES):
            found = connection.sql(
                f"select distinct uncertainty_rule from marts.{mart}"
            ).fetchall()
            assert found == [(rule,)], mart
            assert "is_default_rule" not in connection.table(f"marts.{mart}").columns
        sums = connection.sql(
            "select year, stressor_id, sum(footprints.consumption_footprint),"
            " sum(accounts.consumption_footprint)"
            " from marts.footprint_uncertainty as footprints"
            " inner join marts.regional_accounts as accounts"
            " using (year, stressor_id, region_id) group by all"
        ).fetchall()
        assert sums
        assert all(one == pytest.approx(other) for *_, one, other in sums)
        in_use = connection.sql(
            "select distinct uncertainty_rule from intermediate.int_error_rules"
        ).fetchall()
        assert in_use == [(rule,)]


@pytest.mark.slow
def test_a_build_without_analyses_is_whole_and_they_can_follow(project, tmp_path):
    example = tmp_path / "three_cities"
    shutil.copytree(CHECKOUT / "docs" / "examples" / "three_cities", example)
    # an owner who is sure of all emissions
    (example / "relative_errors.csv").write_text(
        "component,stressor_id,region_id,sector_id,relative_standard_error\n"
        "emissions,,,,0\ndirect_emissions,,,,0\n"
    )
    project.ingest(example, "without").must_pass()
    warehouse = project.build("without", analyses=False)
    published = warehouse.parent / "published" / warehouse.name
    assert not tables_of(published) & (ANALYSES | CHAINS)
    ready = asked(published, "select question_id from marts.questions")
    assert ("ranking_beside_countries",) in ready
    assert ("how_sure_is_the_ranking",) not in ready
    assert ("footprints_in_full_scope",) not in ready
    assert ("reasons_of_a_change",) not in ready
    assert ("paths_behind_a_footprint",) not in ready
    project.run(
        "carbonshed", "report", "without", "--out", str(tmp_path / "r")
    ).must_pass()
    page = (tmp_path / "r" / "compare.html").read_text("utf-8")
    assert "5 to 95" not in page
    # a domestic footprint is beside the world's, and on no side of it
    assert "Times the world of 2012, at least" in page
    assert set(re.findall(r'"kind": ?"([^"]+)"', page)) == {"city"}
    assert "footprints with imports" not in (tmp_path / "r" / "place.html").read_text(
        "utf-8"
    )
    # what needs the factors is solved again, what does not is added
    selection = ("--select", "solves", "tag:analyses")
    made = project.dbt("run", "without", *selection).must_pass()
    assert "errors carried to 3 footprints" in made.text
    assert tables_of(warehouse) >= ANALYSES | CHAINS
    # emissions that are sure make no footprint unsure
    columns = ["from_emissions", "from_direct_emissions", "standard_error"]
    rows = read_mart(warehouse, "footprint_uncertainty", columns).values()
    assert all(
        row["from_emissions"] == row["from_direct_emissions"] == 0 for row in rows
    )
    assert all(row["standard_error"] > 0 for row in rows)
    # a run that asks for errors that are not there stops
    law = "error_rule_is_the_one_that_was_asked_for"
    again = project.dbt("test", "without", "--select", law, error_rule="independent")
    again.must_refuse("built with error_rule correlated; this run asks for independent")


def test_a_region_that_trades_with_nobody_is_built(project, tmp_path):
    """Its errors of trade move nothing: what is left of them is rounding alone."""
    size = Size(
        regions=1,
        sectors=5,
        has_remainder=False,
        has_rest_of_world=False,
        has_twins=False,
        has_exports=False,
    )
    systems = (random_system(seed, size) for seed in range(60, 90))
    alone = next(system for system in systems if not is_zero_anywhere(system))
    write_tidy(alone, tmp_path / "alone", "csv", name="alone")
    project.ingest(tmp_path / "alone", "alone").must_pass()
    law = "errors_of_trade_move_emissions"
    selection = ("--select", f"+{law}", "--indirect-selection", "cautious")
    project.dbt("build", "alone", *selection).must_pass()
    with duckdb.connect(str(project.warehouse("alone")), read_only=True) as connection:
        ((rest,),) = connection.sql(
            "select max(abs(covariance)) from solved.covariances"
            " where component = 'transactions'"
        ).fetchall()
    assert rest > 0, "nothing was left to be judged"


def is_zero_anywhere(system):
    """Whether a producer sells nothing: then trade moves emissions to nobody."""
    return any(
        (year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2)) == 0).any()
        for year in system.years.values()
    )


def tables_of(database):
    rows = asked(database, "select table_name from duckdb_tables()")
    return {name for (name,) in rows}
