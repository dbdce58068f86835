"""Two real tables: Finland 2014 (19 regions) and the world 2011 (WIOD).

They are no part of the project. CARBONSHED_TEST_DATA names the folder that holds
``finland_2014`` and ``wiod_2011``; without it these tests skip.
"""

import csv
import json

import duckdb
import numpy as np
import pytest
from support.compare import assert_equal
from support.reference import PUBLISHED, reference_marts
from support.tidy_folder import read_tidy

pytestmark = pytest.mark.real
TABLES = ("finland_2014", "wiod_2011")


@pytest.fixture(scope="module")
def built(real_data, project):
    """Return a function that ingests and builds a table, once."""
    done = {}

    def build(name: str):
        if name not in done:
            ingested = project.ingest(real_data / name, name)
            assert ingested.code == 0, ingested
            done[name] = project.build(name)
        return done[name]

    return build


@pytest.fixture(scope="module")
def expected(real_data):
    """Return a function that computes the reference of a table, once."""
    done = {}

    def compute(name: str):
        if name not in done:
            done[name] = reference_marts(read_tidy(real_data / name), PUBLISHED)
        return done[name]

    return compute


@pytest.mark.parametrize("table", TABLES)
def test_the_audit_has_no_failure(table, built, project):
    built(table)
    audit = project.run("carbonshed", "audit", table, "--json")
    assert audit.code == 0, audit
    text = audit.text[audit.text.index("{") :]
    checks = json.loads(text)["checks"]
    assert len(checks) > 5
    assert [check for check in checks if check["status"] == "FAIL"] == []
    passed = {check["status"] for check in checks}
    assert passed <= {"PASS", "WARNING", "SKIPPED"}
    assert "PASS" in passed


@pytest.mark.parametrize("table", TABLES)
def test_accounts_equal_those_published_with_the_table(table, built, real_data):
    with duckdb.connect(str(built(table)), read_only=True) as connection:
        rows = connection.sql(
            "select * from marts.regional_accounts where stressor_id = 'co2'"
        ).to_arrow_table()
    computed = {row["region_id"]: row for row in rows.to_pylist()}
    columns = {
        "production_emissions": "production_emissions",
        "consumption_footprint": "consumption_footprint",
        "direct": "direct_emissions",
        "local": "local_emissions",
        "outflow": "outflow_emissions",
        "inflow": "inflow_emissions",
        "export": "export_emissions",
    }
    path = real_data / table / "expected_accounts.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        published = list(csv.DictReader(stream))
    assert len(published) == len(computed)
    for row in published:
        for theirs, ours in columns.items():
            assert computed[row["region_id"]][ours] == pytest.approx(
                float(row[theirs]), rel=1e-8
            ), f"{row['region_id']} {ours}"


@pytest.mark.parametrize(
    "mart",
    [
        "regional_accounts",
        "embodied_flows",
        "footprint_by_origin_sector",
        "footprint_by_product",
        "multipliers",
        "reconciliation",
        "footprint_rankings",
        "inequality_deciles",
        "lorenz_curve",
        "inequality_indices",
        "leakage_flows",
        "leakage_summary",
        "trade_balances",
    ],
)
@pytest.mark.parametrize("table", TABLES)
def test_mart_equals_reference(table, mart, built, expected):
    assert expected(table)[mart]
    assert_equal(mart, expected(table), built(table))


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_footprints_of_countries_agree_with_the_global_carbon_budget(
    table, built, real_data
):
    """Other emissions, another table: the same ranking of countries over decades."""
    path = real_data / table / "published_gcb_2011.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        published = {
            row["region_id"]: float(row["consumption_based_mt"])
            for row in csv.DictReader(stream)
            if row["consumption_based_mt"]
        }
    with duckdb.connect(str(built(table)), read_only=True) as connection:
        rows = connection.sql(
            "select region_id, consumption_footprint / 1e6 from marts.regional_accounts"
            " where stressor_id = 'co2'"
        ).fetchall()
    pairs = [
        (value, published[region]) for region, value in rows if region in published
    ]
    assert len(pairs) == 40
    ours, theirs = np.log(np.array(pairs)).T
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99
    assert np.exp(np.median(ours - theirs)) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_the_analysis_shows_the_same_agreement(table, built, real_data, project):
    """Whoever asks the ready question is told what the test above computes."""
    built(table)
    series = real_data / table / "published_gcb_2011.csv"
    question = (
        "footprints_beside_published",
        "--set",
        f"published_footprints={series}",
    )
    file = project.root / "beside.json"
    done = project.run("carbonshed", "ask", *question, "-d", table, "-o", str(file))
    assert done.code == 0, done
    shown = json.loads(file.read_text("utf-8"))
    assert {row["regions_compared"] for row in shown} == {40}
    assert min(row["correlation_of_logs"] for row in shown) > 0.99
    # the rest of the world has no published figure and is shown all the same
    assert len(shown) == 41
    assert shown[-1]["published_mt"] is None


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_zero_and_negative_outputs_of_the_world_table(table, built, expected):
    """20 outputs are zero and two are -1 million; none is clipped or lost."""
    with duckdb.connect(str(built(table)), read_only=True) as connection:
        counts = connection.sql(
            "select count(*) filter (where output = 0),"
            " count(*) filter (where output < 0)"
            " from marts.multipliers where stressor_id = 'co2'"
        ).fetchone()
        negative = connection.sql(
            "select count(*) from marts.footprint_by_product"
            " where stressor_id = 'co2' and expenditure < 0"
        ).fetchone()
    assert counts == (20, 2)
    products = expected(table)["footprint_by_product"]
    assert negative == (
        sum(
            key[1] == "co2" and row["expenditure"] < 0 for key, row in products.items()
        ),
    )
