"""MetricFlow's answers are those of the marts, and what would mix is NULL."""

import importlib.util
import json
import math
import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "metrics.md"
YEAR = "metric_time__year"
KEYS = [YEAR, "stressor"]

# metrics, what they are grouped by, and the same numbers from the marts
SAME = {
    "accounts": (
        [
            "production_emissions",
            "consumption_footprint",
            "production_per_capita",
            "footprint_per_capita",
            "population",
            "gdp",
        ],
        [*KEYS, "region"],
        """
        select year, stressor_id, region_id, production_emissions,
            consumption_footprint, production_per_capita, footprint_per_capita,
            population, gdp
        from regional_accounts
        """,
    ),
    "a ratio of sums, never a sum of ratios": (
        ["footprint_per_capita", "gdp_per_capita"],
        [*KEYS, "region__region_type"],
        """
        select year, stressor_id, region_type,
            sum(consumption_footprint) filter (population > 0) / sum(population),
            sum(gdp) filter (population > 0)
                / sum(population) filter (gdp is not null)
        from regional_accounts group by all
        """,
    ),
    "shares": (
        ["interregional_share"],
        KEYS,
        "select year, stressor_id, sum(outflow_emissions)"
        " / nullif(sum(local_emissions + outflow_emissions), 0)"
        " from regional_accounts semi join embodied_flows using (year, stressor_id)"
        " group by all",
    ),
    "leakage": (
        ["poor_to_rich_share"],
        KEYS,
        "select year, stressor_id, poor_to_rich_share from leakage_summary"
        " semi join leakage_flows using (year, stressor_id)",
    ),
    "flows to the own region, others and abroad": (
        ["embodied_emissions"],
        [*KEYS, "flow__is_export"],
        """
        select year, stressor_id, true, attributed_to_exports from reconciliation
        where attributed_to_exports <> 0
        union all
        select year, stressor_id, false, attributed_to_consumption
        from reconciliation where attributed_to_consumption <> 0
        """,
    ),
    "what leaves its region, with names of both ends": (
        ["embodied_emissions"],
        [
            *KEYS,
            "flow__is_interregional",
            "origin__region_name",
            "destination__region_name",
        ],
        """
        select year, stressor_id, true, origin.region_name, destination.region_name,
            sum(emissions)
        from embodied_flows
        inner join regions as origin on origin.region_id = origin_region_id
        inner join regions as destination
            on destination.region_id = destination_region_id
        where origin_region_id <> destination_region_id
        group by all
        union all
        select year, stressor_id, false, region_name,
            case when abroad then null else region_name end, amount
        from regional_accounts
        cross join lateral (
            values (false, local_emissions), (true, export_emissions)
        ) as kept (abroad, amount)
        where amount <> 0
        """,
    ),
    "chains": (
        ["footprint_by_origin"],
        [*KEYS, "region"],
        "select year, stressor_id, region_id, local_emissions + inflow_emissions"
        " from regional_accounts where local_emissions + inflow_emissions <> 0",
    ),
    "products": (
        ["footprint_of_products"],
        [*KEYS, "region"],
        "select year, stressor_id, region_id, local_emissions + inflow_emissions"
        " from regional_accounts"
        " semi join footprint_by_product using (year, stressor_id, region_id)",
    ),
    "sectors": (
        ["direct_intensity", "output"],
        [*KEYS, "sector"],
        "select year, stressor_id, sector_id,"
        " sum(direct_intensity * output) / nullif(sum(output), 0), sum(output)"
        " from multipliers group by all",
    ),
    "quotas": (
        ["quota", "quota_share"],
        [*KEYS, "scenario"],
        "select year, stressor_id, scenario_id, quota, quota_share from quota_summary",
    ),
    "full scope": (
        ["full_footprint"],
        [*KEYS, "full_scope__method_id"],
        "select year, stressor_id, method_id, sum(full_footprint)"
        " from footprints_with_imports group by all",
    ),
    "carbon prices": (
        ["carbon_price_burden", "carbon_price_net_gain"],
        [*KEYS, "region", "carbon_price__price_id"],
        "select year, stressor_id, region_id, price_id, burden, net_gain"
        " from carbon_price_burden",
    ),
}

# a sum over several stressors, scenarios, prices or years of people is no number
MIXED = {
    "stressors": (["production_emissions", "footprint_per_capita"], [YEAR]),
    "stressors of flows and sectors": (
        [
            "interregional_share",
            "poor_to_rich_share",
            "footprint_by_origin",
            "footprint_of_products",
            "direct_intensity",
        ],
        [YEAR],
    ),
    "scenarios": (["quota", "quota_share"], KEYS),
    "years": (["population"], ["stressor"]),
    "prices": (["carbon_price_burden", "carbon_price_net_gain"], KEYS),
    "years of full scope": (
        ["full_footprint"],
        ["stressor", "full_scope__method_id"],
    ),
}

REPEATED = ["population", "gdp", "expenditure", "output"]
ONCE = {
    "repeated": (REPEATED, [YEAR]),
    "repeated, by stressor": (REPEATED, KEYS),
}


def documented_queries() -> list[dict]:
    """Return the queries that the page shows."""
    queries = []
    for command in re.findall(r"^\$ (mf query .+)$", PAGE.read_text("utf-8"), re.M):
        words = shlex.split(command)[3:]  # mf query --quiet
        options = dict(zip(words[::2], words[1::2], strict=True))
        queries.append(
            {
                "metrics": options["--metrics"].split(","),
                "group_by": options["--group-by"].split(","),
                "where": [options["--where"]] if "--where" in options else None,
            }
        )
    assert queries
    return queries


@pytest.fixture(scope="module")
def answers(several_years, project):
    """Ask MetricFlow everything at once; its start takes most of the time."""
    if importlib.util.find_spec("dbt_metricflow") is None:
        pytest.skip("MetricFlow is not installed: pip install -e '.[metrics]'")
    asked = [
        {"metrics": metrics, "group_by": group_by}
        for metrics, group_by, *_ in [*SAME.values(), *MIXED.values(), *ONCE.values()]
    ]
    asked += documented_queries()
    script = CHECKOUT / "tests" / "support" / "metricflow_answers.py"
    process = subprocess.run(
        [sys.executable, str(script)],
        input=json.dumps(asked),
        cwd=project.root / "metrics",
        env={**project.environment, "CARBONSHED_DATASET": several_years.name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    *found, issues = json.loads(process.stdout.split("ANSWERS")[1])
    return found, issues


def answer_to(answers, name: str) -> list[dict]:
    return answers[0][[*SAME, *MIXED, *ONCE].index(name)]


@pytest.mark.parametrize("name", SAME)
def test_metrics_equal_the_marts(name, answers, several_years):
    metrics, group_by, sql = SAME[name]
    with duckdb.connect(str(several_years.warehouse), read_only=True) as connection:
        connection.execute("use marts")
        rows = connection.sql(sql).fetchall()
    keys = len(group_by)
    expected = {tuple(map(str, row[:keys])): row[keys:] for row in rows}
    actual = {
        (row[YEAR][:4], *(str(row[key]) for key in group_by if key != YEAR)): tuple(
            row[metric] for metric in metrics
        )
        for row in answer_to(answers, name)
    }
    assert actual.keys() == expected.keys()
    assert len(expected) >= 3
    for place, metric in enumerate(metrics):
        pairs = {k: (expected[k][place], actual[k][place]) for k in expected}
        known = [abs(mart) for mart, _ in pairs.values() if mart is not None]
        assert any(known), metric
        for key, (mart, answer) in pairs.items():
            if mart is None or answer is None:
                assert mart is answer, (metric, key, mart, answer)
            else:
                rounding = 1e-12 * max(known)  # of differences of large numbers
                assert math.isclose(mart, answer, rel_tol=1e-9, abs_tol=rounding), (
                    metric,
                    key,
                    mart,
                    answer,
                )


@pytest.mark.parametrize("name", MIXED)
def test_what_must_not_be_added_up_is_null(name, answers):
    rows = answer_to(answers, name)
    assert rows
    for row in rows:
        assert {row[metric] for metric in MIXED[name][0]} == {None}


def test_what_the_tables_repeat_for_every_stressor_is_counted_once(answers):
    """Of one year with all stressors, and of each stressor: the same amounts."""
    all_together = {row[YEAR]: row for row in answer_to(answers, "repeated")}
    rows = answer_to(answers, "repeated, by stressor")
    assert len({row["stressor"] for row in rows}) > 1
    for row in rows:
        for metric in REPEATED:
            assert row[metric] == pytest.approx(all_together[row[YEAR]][metric])


def test_the_semantic_layer_has_no_issue(answers):
    assert answers[1] == []


def test_queries_of_the_page_are_understood(answers):
    """Their numbers are of the states, compared in CI; here is another table."""
    found = answers[0][len(SAME) + len(MIXED) + len(ONCE) :]
    assert len(found) == len(documented_queries())
    assert sum(map(bool, found)) >= len(found) - 1


def test_what_asks_the_analyses_is_left_out_with_them():
    """A semantic model of a disabled mart would not parse, nor a metric of it."""
    marts = {path.stem for path in (CHECKOUT / "models/marts/prices").glob("*.sql")}
    marts.add("footprints_with_imports")
    switch = {"enabled": "{{ var('analyses') | string == 'True' }}"}
    asking = set()
    for file in sorted((CHECKOUT / "semantic").glob("*.yml")):
        parsed = yaml.safe_load(file.read_text("utf-8"))
        for model in parsed["semantic_models"]:
            mart = re.fullmatch(r"ref\('(\w+)'\)", model["model"])[1]
            if mart in marts:
                asking |= {each["name"] for each in model["measures"]}
                assert model["config"] == switch, model["name"]
        for metric in parsed.get("metrics", []):
            inputs = metric["type_params"].get("metrics", [])
            if not asking.isdisjoint(map(str, inputs)):  # some are mappings
                assert metric["config"] == switch, metric["name"]
    assert asking
