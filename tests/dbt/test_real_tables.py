"""Two real tables: Finland 2014 (19 regions) and the world 2011 (WIOD).

They are no part of the project. CARBONSHED_TEST_DATA names the folder that holds
``finland_2014`` and ``wiod_2011``; without it these tests skip.
"""

import csv
import json
import re
import shlex
import shutil
from collections import Counter
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from support import reference_uncertainty
from support.compare import asked, assert_equal, read_mart
from support.python_examples import commands
from support.readings import NO_RESULTS, readings_of_a_nation
from support.reference import (
    PUBLISHED,
    account,
    inputs_of,
    reference_marts,
    solve_year,
)
from support.reference_imports import intensities_of_partners
from support.reference_linkages import extraction_rows
from support.report_pages import make
from support.tidy_folder import read_tidy

from benchmarks.same_questions import (
    QUESTIONS,
    ROUNDING,
    answers_in_our_units,
    answers_of_publication,
)
from carbonshed.report.pages import MOVED

pytestmark = pytest.mark.real
TABLES = ("finland_2014", "wiod_2011")
DOCS = Path(__file__).resolve().parents[2] / "docs"
CONCORDANCE = DOCS / "examples" / "full_scope" / "wiod_35_to_finland_30.csv"
# 27 members in 2011
EUROPEAN_UNION = (
    *("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA"),
    *("GBR", "GRC", "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL"),
    *("PRT", "ROM", "SVK", "SVN", "SWE"),
)

BASIC = ("c11", "c12", "c17")  # non-metallic minerals, basic metals, power supply
EUR_PER_USD = 0.7527  # mean of 2014, European Central Bank


@pytest.fixture(scope="session")
def systems(real_data):
    """Return the tables; Finland's has intensities of imports from the world's."""
    finland, world = (read_tidy(real_data / name) for name in TABLES)
    by_sector = intensities_of_partners(world, 2011, "FIN", CONCORDANCE)
    per_unit = finland.currency_unit / EUR_PER_USD / 1e3  # kt, as its emissions
    finland.import_intensities = [
        (2014, "co2", sector, value * per_unit) for sector, value in by_sector.items()
    ]
    finland.currency_per_usd = {2014: EUR_PER_USD}
    world.border_charges = [
        *(("eu", "zone", country, None) for country in EUROPEAN_UNION),
        *(("eu", "product", sector, None) for sector in BASIC),
        ("eu", "price", None, 100),
        *(("wide", "zone", country, None) for country in EUROPEAN_UNION),
        *(("wide", "product", sector, None) for sector in (*BASIC, "c9")),
        ("wide", "price", None, 100),
    ]
    finland.border_charges = [
        ("abroad", "zone", "EXPORT", None),
        ("abroad", "product", finland.sectors[8].id, None),
        ("abroad", "price", None, 50),
    ]
    return dict(zip(TABLES, (finland, world), strict=True))


@pytest.fixture(scope="session")
def ingested(real_data, project, systems):
    """Return a function that ingests a table, once in a process.

    The tests of one table may run between those of another module and need the other.
    """
    done = set()

    def ingest(name: str) -> None:
        if name not in done:
            folder = project.root / "real" / name
            shutil.copytree(real_data / name, folder)
            path = folder / "datapackage.json"
            content = json.loads(path.read_text("utf-8"))
            content["mrio"]["currency_per_usd"] = systems[name].currency_per_usd
            path.write_text(json.dumps(content), encoding="utf-8")
            charges = (
                "charge_id,kind,id,value",
                *map(_line, systems[name].border_charges),
            )
            (folder / "border_charges.csv").write_text("\n".join(charges) + "\n")
            if rows := systems[name].import_intensities:
                lines = ("year,stressor_id,sector_id,value", *map(_line, rows))
                (folder / "import_intensities.csv").write_text("\n".join(lines) + "\n")
            project.ingest(folder, name).must_pass()
            done.add(name)

    return ingest


@pytest.fixture(scope="session")
def built(project, ingested):
    """Return a function that ingests and builds a table, once.

    A test names its table as the parameter ``table``: it runs where that is built.
    """
    done = {}

    def build(name: str):
        if name not in done:
            ingested(name)
            done[name] = project.build(name, extraction=True, exported_value_added=True)
        return done[name]

    return build


def _line(fields: tuple) -> str:
    return ",".join("" if field is None else str(field) for field in fields)


@pytest.fixture(scope="module")
def expected(systems):
    """Return a function that computes the reference of a table, once."""
    done = {}

    def compute(name: str):
        if name not in done:
            done[name] = reference_marts(systems[name], PUBLISHED)
        return done[name]

    return compute


@pytest.mark.parametrize("table", TABLES)
def test_the_audit_has_no_failure(table, built, project):
    built(table)
    audit = project.run("carbonshed", "audit", table, "--json").must_pass()
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
        "value_added_in_exports",
        "three_scopes",
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
        "footprint_uncertainty",
        "footprint_covariances",
        "border_exposure",
        "border_exposure_by_region",
    ],
)
@pytest.mark.parametrize("table", TABLES)
def test_mart_equals_reference(table, mart, built, expected):
    assert expected(table)[mart]
    assert_equal(mart, expected(table), built(table))


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_the_border_of_the_european_union(table, built, systems):
    """As computed apart, to the printed digit; who_pays.md has the figures."""
    billion = 1e9

    def asked_for(columns: str, condition: str) -> tuple:
        sql = f"select {columns} from marts.border_exposure_by_region where {condition}"
        (row,) = asked(built(table), sql)
        return row

    of_all = "sum(deliveries), sum(charge)"
    charges = {
        scope: asked_for(of_all, f"charge_id = 'eu' and scope_id = '{scope}'")
        for scope in ("direct", "direct_and_electricity", "total")
    }
    assert [round(charge / billion, 1) for _, charge in charges.values()] == [
        *(16.0, 18.5, 31.5)
    ]
    deliveries = charges["direct"][0]
    assert round(deliveries / billion) == 176
    system = systems[table]
    year = system.years[2011]
    inside = np.array([region in EUROPEAN_UNION for region, _ in system.producers])
    members = [region.id in EUROPEAN_UNION for region in system.regions]
    bought = year.transactions[~inside][:, inside].sum()
    bought += year.final_demand[~inside][:, members].sum()
    bought *= system.currency_unit
    assert round(100 * deliveries / bought, 1) == 6.5
    is_default = "charge_id = 'eu' and is_default_scope"
    columns = "round(charge / 1e9, 1), round(100 * gdp_share, 2), round(100 *"
    columns += " charge_share)"
    expected = {"CHN": (4.1, 0.05, 14), "RUS": (3.2, 0.16, 21), "TUR": (1.1, 0.13)}
    for region, figures in expected.items():
        row = asked_for(columns, f"{is_default} and region_id = '{region}'")
        assert row[: len(figures)] == figures, region
    (_, wide) = asked_for(of_all, "charge_id = 'wide' and is_default_scope")
    assert round(wide / billion, 1) == 27.8


@pytest.mark.parametrize("table", TABLES)
def test_extractions_equal_smaller_tables_solved_from_scratch(table, built, systems):
    """Every seventh region and sector: an inverse of a table without it for each."""
    system = systems[table]
    ((number, year),) = system.years.items()
    solution = solve_year(year, system.currency_unit)
    (co2,) = (stressor for stressor in system.stressors if stressor.id == "co2")
    accounts = account(solution, *inputs_of(system, year, co2))
    expected = extraction_rows(system, solution, accounts, step=7)
    assert {kind for kind, _ in expected} == {"region", "sector"}
    columns = ["vanishing_emissions", "own_emissions", "elsewhere_emissions", "share"]
    rows = read_mart(built(table), "extraction_effects", columns)
    assert len(rows) == len(system.regions) + len(system.sectors)
    total = accounts.f @ solution.x
    for key, want in expected.items():
        have = rows[number, "co2", *key]
        for column in columns:
            scale = 1.0 if column == "share" else total
            assert have[column] == pytest.approx(want[column], abs=1e-9 * scale), key


# Mt of CO2 in the year 2011 and 2014: scope 1, 2 and 3, for own final users, passing
# through, embodied in deliveries; the economy without the region, solved elsewhere
SCOPES = """
CHN       9793.967541  7.641175  846.365366  629.562536 224.444004 2493.375129
DEU        871.377611 26.209296  682.009120  451.369291 256.849125  533.328337
NLD        186.331949  5.639608  213.587463  108.058385 111.168686  205.063064
USA       5253.196671 12.577299 1462.990992 1305.158025 170.410266  655.289498
Uusimaa     15.316088  0.551108    3.338585           -   1.524943   10.088903
Lappi        1.993358  0.401235    0.783113           -   0.655448    2.267992
Satakunta    2.859734  0.026555    0.953868           -   0.504047    2.704879
"""
# Emissions passing through, as a share of the footprint
HUBS = {"LUX": 0.89, "BEL": 0.65, "NLD": 0.55, "TWN": 0.49, "Lappi": 0.72}


@pytest.mark.parametrize("table", TABLES)
def test_three_scopes_are_those_of_the_economy_without_the_region(table, built):
    amounts = (
        "scope_1, scope_2, scope_3, for_own_final_demand, passing_through,"
        " embodied_in_deliveries"
    )
    computed = {
        region: row
        for names, *row in asked(
            built(table),
            f"select [region_id, region_name], {amounts},"
            " passing_through / consumption_footprint from marts.three_scopes"
            " inner join marts.regional_accounts"
            " using (year, stressor_id, region_id, region_name)",
        )
        for region in names
    }
    printed = {line.split()[0]: line.split()[1:] for line in SCOPES.split("\n")[1:-1]}
    shown = printed.keys() & computed
    assert len(shown) == {"wiod_2011": 4, "finland_2014": 3}[table]
    for region in shown:
        for have, want in zip(computed[region], printed[region], strict=False):
            if want != "-":
                assert have / 1e6 == pytest.approx(float(want), abs=0.6e-6), region
    # docs/three_scopes.md says how far totals overlap
    ((overlap,),) = asked(
        built(table),
        "select sum(three_scope_total) / sum(scope_1) from marts.three_scopes",
    )
    assert round(overlap, 2) == {"wiod_2011": 1.30, "finland_2014": 1.42}[table]
    hubs = HUBS.keys() & computed
    assert {hub: round(computed[hub][-1], 2) for hub in hubs} == {
        hub: HUBS[hub] for hub in hubs
    }


@pytest.mark.parametrize("table", ["finland_2014"])
def test_full_scope_of_a_national_table_is_as_the_page_says(table, built, expected):
    """By both methods, equal to the reference; docs/compare.md beside the Budget."""
    assert_equal("footprints_with_imports", expected(table), built(table))
    columns = ["domestic_footprint", "full_footprint"]
    rows = read_mart(built(table), "footprints_with_imports", columns)
    sums: dict[str, float] = {}
    for (_, _, method, _), row in rows.items():
        sums[method] = sums.get(method, 0.0) + row["full_footprint"] / 1e6
        domestic = row["domestic_footprint"] / 1e6
        sums["none"] = sums.get("none", 0.0) + domestic / 2  # stands there twice
    budget = 18.327 * 3.664
    below = {
        name: f"{100 * (1 - each / budget):.0f} % below" for name, each in sums.items()
    }
    told = [
        f"{sums[method]:.1f} Mt, {below[method]}"
        for method in ("domestic_technology", "user_file")
    ]
    row = f"{sums['none']:.1f} Mt | {' | '.join(told)} | {budget:.1f} Mt |"
    assert (
        f"| Finland 2014, regional table | {row}" in (DOCS / "compare.md").read_text()
    )


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_intensities_of_imports_from_the_world_table(
    table, built, ingested, project, systems
):
    """The command reads what is published of the world; by loops it is the same."""
    built(table)
    ingested("finland_2014")
    path = project.root / "from_the_world.csv"
    project.run(
        *("carbonshed", "import-intensities", table, "--country", "FIN"),
        *("--map", str(CONCORDANCE), "--for", "finland_2014", "--world-year", "2011"),
        *("-o", str(path)),
    ).must_pass()
    with path.open(encoding="utf-8") as file:
        found = {row["sector_id"]: float(row["value"]) for row in csv.DictReader(file)}
    wanted = {row[2]: row[3] for row in systems["finland_2014"].import_intensities}
    assert found == pytest.approx(wanted, rel=1e-9)


BUDGET = {"consumption": "consumption_based_mt", "production": "territorial_mt"}


def budget(folder: Path, account: str) -> dict[str, float]:
    """Return an account of the Global Carbon Budget, in Mt, of who has consumption.

    Romania, which the table calls ROM, is ROU in ISO 3166, by which it is joined.
    """
    with (folder / "published_gcb_2011.csv").open(encoding="utf-8") as file:
        return {
            row["region_id"]: float(row[BUDGET[account]])
            for row in csv.DictReader(file)
            if row[BUDGET["consumption"]] and row["region_id"] != "ROM"
        }


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_countries_stand_beside_the_global_carbon_budget(table, built, real_data):
    """What the question shows is in the file; the table calls Romania ROM."""
    published = {
        (region, account): amount
        for account in BUDGET
        for region, amount in budget(real_data / table, account).items()
    }
    rows = read_mart(built(table), "published_comparisons", ["published_emissions"])
    shown = {key[2:]: row["published_emissions"] / 1e6 for key, row in rows.items()}
    assert len(shown) == 2 * 39
    assert shown == pytest.approx(published, abs=1e-4)


@pytest.mark.parametrize("table", ["finland_2014"])
def test_a_national_table_stands_beside_its_country(table, built):
    """13.007 MtC emitted, 18.327 MtC consumed; half of what is consumed is imported.

    With imports of producers, by intensities of the world table, it is 46.2 Mt.
    """
    columns = ["published_emissions", "difference", "computed_leaves_out"]
    rows = read_mart(built(table), "published_comparisons", columns)
    production = rows[2014, "co2", "FIN", "production"]
    consumption = rows[2014, "co2", "FIN", "consumption"]
    assert production["published_emissions"] == pytest.approx(13.007 * 3.664e6)
    assert consumption["published_emissions"] == pytest.approx(18.327 * 3.664e6)
    # 45.0 and 27.6 Mt
    assert production["difference"] == pytest.approx(-2.7e6, abs=0.1e6)
    assert consumption["difference"] == pytest.approx(-39.5e6, abs=0.1e6)
    assert production["computed_leaves_out"] == "direct emissions of households"
    assert "imports" in consumption["computed_leaves_out"]
    wider = rows[2014, "co2", "FIN", "consumption_with_imports"]
    assert wider["difference"] == pytest.approx(46.2e6 - 18.327 * 3.664e6, abs=0.1e6)
    assert wider["computed_leaves_out"] == (
        "direct emissions of households; imports of final users"
    )


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_footprints_of_countries_agree_with_the_global_carbon_budget(
    table, built, real_data, project
):
    """Other emissions, another table: the same ranking of countries over decades."""
    built(table)
    series = real_data / table / "published_gcb_2011.csv"
    setting = ("--set", f"published_footprints={series}")
    question = ("footprints_beside_published", *setting)
    file = project.root / "beside.json"
    project.run(
        "carbonshed", "ask", *question, "-d", table, "-o", str(file)
    ).must_pass()
    shown = json.loads(file.read_text("utf-8"))
    assert {row["regions_compared"] for row in shown} == {40}
    assert min(row["correlation_of_logs"] for row in shown) > 0.99
    assert shown[0]["median_ratio"] == pytest.approx(1.0, abs=0.05)
    # the rest of the world has no published figure and is shown all the same
    assert len(shown) == 41
    assert shown[-1]["published_mt"] is None


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_zero_and_negative_outputs_of_the_world_table(table, built):
    """20 outputs are zero and two are -1 million; none is clipped or lost."""
    counts = asked(
        built(table),
        "select count(*) filter (where output = 0),"
        " count(*) filter (where output < 0)"
        " from marts.multipliers where stressor_id = 'co2'",
    )[0]
    assert counts == (20, 2)


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_the_world_table_leaves_nothing_out(table, built):
    with duckdb.connect(str(built(table)), read_only=True) as connection:
        scopes = connection.sql(
            "select distinct scope, footprints_leave_out, is_lower_bound"
            " from marts.account_extents"
        ).fetchall()
        compared = connection.sql(
            "select world_comparison, is_above_world_average, count(*)"
            " from marts.footprint_rankings group by 1, 2 order by 1"
        ).fetchall()
        words = connection.sql(
            "select scope || coalesce(reason, '') from marts.headlines"
        ).fetchall()
        notes = connection.sql(
            "select count(*), count(across_countries_note) from marts.quota_summary"
        ).fetchone()
        # the largest that emit more than the mean person; India does not
        largest = connection.sql(
            "select region_id from marts.super_emitters"
            " where rule_id = 'largest_above_mean' and is_selected"
        ).fetchall()
    assert scopes == [("global", "", False)]
    assert [row[:2] for row in compared] == [("above", True), ("at or below", False)]
    assert sum(row[2] for row in compared) == 40
    assert not [text for (text,) in words if "abroad" in text or "Domestic" in text]
    assert notes[0] == notes[1] > 0
    assert len(largest) == 5
    assert not {("IND",), ("IDN",)} & set(largest)


# computed apart from the same tables, at 50 units of the table's currency per tonne
PRICED = {
    "wiod_2011": {
        "burden": {
            "CHN": 4.0772995e11,
            "DEU": 5.2313385e10,
            "NLD": 1.0024798e10,
            "USA": 3.0367377e11,
        },
        "net_gain": {},
        "revenue": 1.7506692e12,
        "abroad": 0.0,
        "dividend_per_capita": 311.228076,
        "kakwani_index": -0.196858,
        "household_kakwani_index": -0.120098,
        "winners_population_share": 0.737004,
        "incidence": "regressive",
    },
    "finland_2014": {
        "burden": {"Uusimaa": 4.5584392e8, "Lappi": 45485653, "Satakunta": 56763923},
        "net_gain": {"Uusimaa": -53120958, "Lappi": 517176, "Satakunta": -117584},
        "revenue": 2.2488178e9,
        "abroad": 8.6934242e8,
        "dividend_per_capita": 252.580993,
        "kakwani_index": -0.068530,
        "household_kakwani_index": -0.005043,
        "winners_population_share": 0.595604,
        "incidence": "not distinguishable",
    },
}


@pytest.mark.parametrize("table", TABLES)
def test_a_price_on_all_emissions_of_a_real_table(table, built):
    """Regressive between countries; between Finland's regions too small to tell."""
    printed = dict(PRICED[table])
    names = [name for name in printed if name not in ("burden", "net_gain")]
    summaries = read_mart(built(table), "carbon_price_summary", [*names, "price"])
    (summary,) = (row for key, row in summaries.items() if key[-1] == "all")
    # 50 USD are fewer euros; all amounts are proportional
    scale = summary["price"] / 50
    rate = EUR_PER_USD if table == "finland_2014" else 1
    assert scale == pytest.approx(rate)
    of_regions = read_mart(built(table), "carbon_price_burden", ["burden", "net_gain"])
    for column in ("burden", "net_gain"):
        amounts = {
            key[-1]: row[column] for key, row in of_regions.items() if key[-2] == "all"
        }
        for region, amount in printed.pop(column).items():
            # the last digit of what is printed
            amount_printed = pytest.approx(amount, rel=1e-7, abs=0.5)
            assert amounts[region] / scale == amount_printed, region
    for column, value in printed.items():
        have = summary[column]
        if column in ("revenue", "abroad", "dividend_per_capita"):
            have /= scale
        if isinstance(value, str):
            assert have == value
        else:
            assert have == pytest.approx(value, rel=1e-7, abs=1e-6), column


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_pollution_terms_of_trade_of_the_world_table(table, built):
    """Antweiler's ratios, computed apart from the same table."""
    rows = asked(
        built(table),
        "select region_id, terms_of_trade_gross, terms_of_trade"
        " from marts.trade_balances where region_id in ('CHN', 'DEU', 'USA')",
    )
    rounded = {region: (round(gross, 2), round(own, 2)) for region, gross, own in rows}
    assert rounded == {"CHN": (2.33, 2.93), "DEU": (0.62, 0.45), "USA": (0.60, 0.51)}


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_pymrio_answers_as_the_page_says(table, built, project, tmp_path):
    """All that docs/compare.md asks it; but extractions, which take a solve each."""
    pytest.importorskip("pymrio")
    from benchmarks.answers_of_peers import START, of_pymrio, rows_of

    unanswered = [name for name, q in QUESTIONS.items() if "pymrio" in q.calls]
    folder = tmp_path / "system"
    warehouse = built(table)
    project.run("carbonshed", "export", "pymrio", table, str(folder)).must_pass()
    with duckdb.connect(warehouse, read_only=True) as connection:
        connection.execute("set search_path = 'marts'")
        answered = islice(of_pymrio(folder, "co2"), len(unanswered))
        for question, answers in answered:
            if question == START:
                continue
            ours = answers_of_publication(connection, question)
            theirs = answers_in_our_units(rows_of(answers), question, folder)
            assert len(ours) >= 41
            assert {key: theirs[key] for key in ours} == pytest.approx(
                ours, rel=ROUNDING, abs=0
            ), question
            unanswered.remove(question)
    assert unanswered == ["extraction"]


@pytest.mark.parametrize("table", ["finland_2014"])
def test_a_national_table_calls_nobody_low(table, built):
    scope = asked(
        built(table),
        "select scope, footprints_leave_out, is_lower_bound from marts.account_extents"
        " where stressor_id = 'co2'",
    )
    compared = dict(
        asked(
            built(table),
            "select world_comparison, count(*) from marts.footprint_rankings"
            " group by 1",
        )
    )
    (headline,) = asked(
        built(table),
        "select computed_value, scope, reason from marts.headlines"
        " where stressor_id = 'co2' and headline_id = 'share_below_world'",
    )
    assert scope == [
        (
            "domestic without direct emissions",
            "emissions abroad caused by imports; direct emissions of households",
            True,
        )
    ]
    assert sum(compared.values()) == 19
    assert set(compared) == {"above", "not known"}
    value, words, _ = headline
    assert value == pytest.approx(compared["not known"] / 19)
    assert "emissions abroad caused by imports and direct emissions" in words
    assert f"At most this share: {compared['not known']} of these regions" in words


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_countries_are_no_receivers(table, built):
    """Levers are meant for regions of one country; India has least and would give."""
    warehouse = built(table)
    standards = read_mart(warehouse, "living_standards", ["premise"])
    assert {row["premise"] for row in standards.values()} == {"across_countries"}
    summaries = read_mart(
        warehouse,
        "quota_summary",
        [
            "premise",
            "receivers_above_givers",
            "lowest_giver_region_id",
            "hardest_hit_region_name",
        ],
    )
    for row in summaries.values():
        assert (row["premise"], row["lowest_giver_region_id"]) == (
            "across_countries",
            "IND",
        )
        assert row["receivers_above_givers"] == 35
        assert row["hardest_hit_region_name"] == "United States"
    headlines = read_mart(warehouse, "headlines", ["computed_value", "reason"])
    for name in ("receiver_share", "receivers_reach_upper_middle"):
        row = headlines[2011, "co2", name]
        assert row["computed_value"] is None
        assert "meant for the regions of one country" in row["reason"]
    findings = read_mart(warehouse, "findings", ["finding"])
    assert (2011, "co2", "receivers") not in findings
    assert findings[2011, "co2", "emissions_avoided"]["finding"] == (
        "These scenarios are meant for the regions of one country, not for a table of"
        " the world."
    )
    assert findings[2011, "co2", "largest_footprint"]["finding"].startswith(
        "China has the largest footprint of the 40 countries, "
    )


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_published_footprints_are_counted(table, built, real_data):
    """Which lie inside the intervals, from the published figures as they were got."""
    published = budget(real_data / table, "consumption")
    ends = read_mart(
        built(table), "footprint_uncertainty", ["footprint_p05", "footprint_p95"]
    )
    inside = [
        row["footprint_p05"] / 1e6 <= published[key[-1]] <= row["footprint_p95"] / 1e6
        for key, row in ends.items()
        if key[:2] == (2011, "co2") and key[-1] in published
    ]
    assert len(inside) > 30
    row = read_mart(built(table), "findings", ["finding", "headline", "value"])[
        2011, "co2", "published_accounts"
    ]
    assert row["value"] == pytest.approx(sum(inside) / len(inside))
    # nine tenths of 39
    assert row["finding"].startswith(
        f"{sum(inside)} of the {len(inside)} footprints that the Global Carbon Budget"
        " publishes lie inside our 90 % intervals, where 35 would be expected; furthest"
        " outside in tonnes: Australia (510 Mt here, 390 Mt published), "
    )
    assert row["headline"].endswith("fit our intervals, fewer than the 35 expected")


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_the_table_of_shared_errors(table, systems, real_data, monkeypatch):
    """What the share k does, as Methods prints it, from derivatives of every cell."""
    seed = reference_uncertainty.rules()["correlated"]
    rules = {
        k: {part: {**row, "shared_share": k} for part, row in seed.items()}
        for k in ("0", "0.25", "0.5", "0.75")
    } | {"the default": seed}
    monkeypatch.setattr(reference_uncertainty, "rules", lambda: rules)
    system = systems[table]
    year = system.years[2011]
    (co2,) = (stressor for stressor in system.stressors if stressor.id == "co2")
    solution = solve_year(year, system.currency_unit)
    accounts = account(solution, *inputs_of(system, year, co2))
    case = SimpleNamespace(
        system=system,
        year=year,
        solution=solution,
        accounts=accounts,
        policy=SimpleNamespace(by_origin=False),
    )
    footprints = accounts.E.sum(axis=(0, 2)) + accounts.D.sum(axis=1)
    published = budget(real_data / table, "consumption")
    found = {}
    for k, errors in reference_uncertainty.errors_of(case).items():
        deviations = np.sqrt(np.diag(errors.total)[: len(footprints)])
        inside = 0
        for region, C, s in zip(system.regions, footprints, deviations, strict=True):
            low, high = reference_uncertainty.interval(C, s / C, s)
            inside += low / 1e6 <= published.get(region.id, np.nan) <= high / 1e6
        found[k] = [f"{np.median(deviations / footprints):.3f}", str(inside)]
    page = (DOCS / "methods.md").read_text("utf-8").partition("What k does")[2]
    head, _, *rows = (
        [cell.strip() for cell in line.split("|")[2:-1]]
        for line in page.split("\n\n")[1].splitlines()
    )
    assert dict(zip(head, map(list, zip(*rows, strict=True)), strict=True)) == found


@pytest.mark.parametrize("table", ["finland_2014"])
def test_footprints_that_leave_out_half_say_so(table, built):
    """27.6 of the 67.2 Mt of consumption that the Global Carbon Budget prints."""
    found = {
        key[2]: row["finding"]
        for key, row in read_mart(built(table), "findings", ["finding"]).items()
        if key[1] == "co2"
    }
    assert found["published_accounts"].startswith(
        "The Global Carbon Budget publishes 67.2 Mt for the consumption of the country:"
        " the footprints here are 59 % below that, outside our 90 % interval. With"
        " imports they add up to "
    )
    scopes = read_mart(built(table), "footprints_with_imports", ["full_footprint"])
    totals = Counter()
    for key, row in scopes.items():
        totals[key[2]] += row["full_footprint"]
    assert any(
        f"With imports they add up to {total / 1e6:.1f} Mt but"
        in found["published_accounts"]
        for total in totals.values()
    ), totals
    assert (
        "the footprints leave out too much (27.6 Mt of the 67.2 Mt that"
        in (found["receivers"])
    )
    standards = read_mart(built(table), "living_standards", ["premise"])
    assert {row["premise"] for row in standards.values()} == {"footprints_incomplete"}


@pytest.mark.parametrize("table", ["wiod_2011"])
def test_the_report_of_the_world_does_not_mislead(table, built, tmp_path):
    """No word of a nation, and no income that rests on receivers who are not there."""
    report = make(built(table), tmp_path / "report")
    assert readings_of_a_nation(built(table), report) == []
    pages = [page for page in report.glob("*.html") if page.stem not in MOVED]
    for file in (*pages, *report.glob("data/*")):
        assert not NO_RESULTS.search(file.read_text("utf-8")), file
    page = (report / "whatif.html").read_text("utf-8").replace("\u00a0", " ")
    assert "levers are meant for regions of one country" in page
    assert "gives and has" not in page
    assert "68 % of the footprint, 72 % of the people" in page


@pytest.mark.parametrize("table", ["finland_2014"])
def test_the_report_of_a_country_says_what_is_missing(table, built, tmp_path):
    report = make(built(table), tmp_path / "report")
    page = (report / "compare.html").read_text("utf-8")
    assert "lets others emit" not in page
    assert "at or below the world" not in page
    assert "emissions abroad caused by imports and direct emissions of house" in page


@pytest.mark.parametrize("table", ["finland_2014"])
def test_regions_of_your_country(table, built, project, real_data):
    """What the page shows is what commands say; the true table is built already."""
    built(table)
    left_out = shutil.ignore_patterns("SOURCE.txt", "expected_accounts.csv")
    shutil.copytree(real_data / table, project.root / table, ignore=left_out)
    target = project.root / "docs" / "examples"
    shutil.copytree(DOCS / "examples", target, dirs_exist_ok=True)
    page = (DOCS / "regions_of_your_country.md").read_text("utf-8")
    steps = commands(page)
    steps.remove(("dbt build --vars 'dataset: finland_true'", ""))
    for command, shown in steps:
        words = shlex.split(command)
        if "docs/examples/finland/beside.py" in words:
            words[words.index("finland_true")] = table
        result = project.run(*words).must_pass()
        lines = iter(line.rstrip() for line in result.text.splitlines())
        for line in shown.splitlines():
            assert line == "..." or line.rstrip() in lines, (command, line)
    assert_marked(project, "finland")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("has_totals", "gini_regions", "gini_groups", "within", "plausible"),
    [(False, 0.200, 0.357, 0.66, "WARNING"), (True, 0.247, 0.319, 0.38, "PASS")],
)
def test_rural_and_urban_people_of_chinas_prefectures(
    project, real_data, has_totals, gini_regions, gini_groups, within, plausible
):
    """As another program found them, within 2 %; it scales consumption a bit otherwise.

    Without demand_totals, urban people have from 0.2 to 20 times as much as rural ones
    of the same prefecture, and the audit says so.
    """
    name = "by_category" if has_totals else "as_compiled"
    inventory = "Emission_Inventories_for_30_Provinces_2012.xlsx"
    files = (
        real_data / "china_national_io" / "china_2012_139.csv",
        *("--emissions", real_data / "china_ceads_co2" / inventory),
    )
    ingest = ("ingest", "nbs-national", *map(str, files), "--year", "2012")
    project.run("carbonshed", *ingest, "--name", f"nation_{name}").must_pass()
    folder = project.root / name
    shutil.copytree(real_data / "china_prefectures_2012", folder)
    folder.chmod(0o755)
    census = real_data / "china_census_2010_2020_prefectures"
    script = DOCS / "examples" / "china_prefectures" / "rural_and_urban.py"
    census_file = str(census / "census_city_2010-2020_v1.csv")
    project.run("python", str(script), census_file, str(folder)).must_pass()
    if not has_totals:
        (folder / "demand_totals.csv").unlink()
    parent = ("--parent", f"nation_{name}", "--name", name)
    project.run("carbonshed", "compile", str(folder), *parent).must_pass()
    audit = project.run("carbonshed", "audit", name).must_pass()
    assert re.search(rf"^{plausible} +household_groups_plausible ", audit.text, re.M)
    with project.untested():
        project.dbt("build", name, "--select", "+household_inequality").must_pass()
    (found,) = asked(
        project.warehouse(name),
        "select gini_regions, gini_groups, within_share from household_inequality"
        " where stressor_id = 'co2'",
    )
    assert found == pytest.approx((gini_regions, gini_groups, within), rel=0.02)


def assert_marked(project, name: str) -> None:
    """All that shows a compiled dataset says what it is."""
    for command in (("show", name), ("ask", "--dataset", name), ("report", name)):
        result = project.run("carbonshed", *command).must_pass()
        if command[0] != "report":
            assert "COMPILED ESTIMATE" in result.text, result
    files = [
        path
        for path in (project.root / "reports" / name).rglob("*")
        if path.suffix in (".html", ".csv", ".svg") and path.stem not in MOVED
    ]
    assert len(files) > 50
    for path in files:
        text = path.read_text("utf-8")
        if text.count("\n") == 1:  # a table without rows: withheld incomes
            assert text.endswith(",caveat\n"), path
            continue
        assert "compiled estimate" in text.lower(), path
    published = project.root / "warehouse" / "published" / f"{name}.duckdb"
    with duckdb.connect(published, read_only=True) as connection:
        said = connection.sql("select distinct comparable from marts.headlines")
        assert said.fetchall() == [(False,)]
