"""Superset's dashboards ask for what the marts hold; no Superset is needed."""

import importlib.util
import json
import re
import zipfile
from fractions import Fraction
from functools import partial
from io import BytesIO
from pathlib import Path

import duckdb
import jinja2
import pytest
import yaml
from support.mart_contract import ANALYSES

from carbonshed.publish.editions import published_database
from carbonshed.report import colours

CHECKOUT = Path(__file__).resolve().parents[2]
SUPERSET = CHECKOUT / "bi" / "superset"
# three cities of one country give no reason for these
NONE_HERE = ("refusal", "rank_ranges", "border_charges")
UNITS = ("Mt", "%", "tonnes", "per person", "0 to 1", "thousand", "million", "degrees")


def assets(kind: str) -> dict[str, dict]:
    """Return the assets of a kind by their uuid."""
    files = (SUPERSET / "assets" / kind).glob("*.yaml")
    load = partial(yaml.load, Loader=yaml.CSafeLoader)  # each process does this
    found = [{"file": file.stem, **load(file.read_text("utf-8"))} for file in files]
    assert found
    by_uuid = {asset["uuid"]: asset for asset in found}
    assert len(by_uuid) == len(found)
    return by_uuid


DATASETS = assets("datasets")
CHARTS = assets("charts")
DASHBOARDS = assets("dashboards")
MARTS = {
    mart
    for dataset in DATASETS.values()
    for mart in re.findall(r"\bmarts\.(\w+)", dataset["sql"])
}


def charts_of(dashboard: dict) -> list[dict]:
    parts = [part for part in dashboard["position"].values() if isinstance(part, dict)]
    return [
        CHARTS[part["meta"]["uuid"]] for part in parts if part.get("type") == "CHART"
    ]


@pytest.fixture(scope="module")
def bundled():
    place = importlib.util.spec_from_file_location("bundle", SUPERSET / "bundle.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def connection(three_cities):
    published = published_database(three_cities)
    with duckdb.connect(str(published), read_only=True) as opened:
        yield opened


def rendered(sql: str, **chosen: list) -> str:
    """Return the SQL of a dataset, as Superset renders it under filters."""
    environment = jinja2.Environment()
    environment.filters["where_in"] = lambda values: (
        "(" + ", ".join(f"'{value}'" for value in values) + ")"
    )
    template = environment.from_string(sql)
    return template.render(filter_values=lambda column: chosen.get(column, []))


@pytest.mark.parametrize("uuid", DATASETS, ids=lambda uuid: DATASETS[uuid]["file"])
def test_a_dataset_has_the_columns_and_metrics_it_lists(uuid, connection):
    dataset = DATASETS[uuid]
    sql = rendered(dataset["sql"])
    rows = connection.sql(sql)
    listed = [column["column_name"] for column in dataset["columns"]]
    assert sorted(rows.columns) == sorted(listed)
    assert (len(rows) > 0) != (dataset["file"] in NONE_HERE)
    wanted = ", ".join(["1", *(metric["expression"] for metric in dataset["metrics"])])
    connection.sql(f"select {wanted} from ({sql})").fetchall()


@pytest.mark.parametrize("uuid", DATASETS, ids=lambda uuid: DATASETS[uuid]["file"])
def test_a_dataset_is_of_one_year_and_stressor_and_follows_filters(uuid, connection):
    dataset = DATASETS[uuid]
    if dataset["file"] in ("cases", *NONE_HERE):  # cases are all there are
        return
    one = connection.sql(
        f"select distinct year, stressor_id from ({rendered(dataset['sql'])})"
    ).fetchall()
    assert one == [(2012, "co2")]
    none = rendered(dataset["sql"], year=[1999], stressor_id=["co2"])
    assert len(connection.sql(none)) == 0


def rows_of(file: str, published: Path, mart: str, instead: str) -> list[dict]:
    """Return the rows of a dataset with something else in a column of a mart."""
    (sql,) = (
        dataset["sql"] for dataset in DATASETS.values() if dataset["file"] == file
    )
    with duckdb.connect() as edited:
        edited.execute(f"attach '{published}' as published (read_only)")
        edited.execute("create schema marts")
        for name in {*re.findall(r"\bmarts\.(\w+)", sql)}:
            columns = f"* replace ({instead})" if name == mart else "*"
            edited.execute(
                f"create view marts.{name} as"
                f" select {columns} from published.marts.{name}"
            )
        return edited.sql(rendered(sql)).to_arrow_table().to_pylist()


@pytest.mark.parametrize("is_lower_bound", [False, True])
def test_full_scope_is_no_multiple_of_the_world_where_it_lacks_something(
    is_lower_bound, three_cities
):
    """By pencil, in Mt: all inputs are power, so all that is imported is power too.

    Power is made of imported power alone. An imported unit of money has n Mt, of
    (1200 + 240 + 2350) Mt of the makers and what their (150 + 100 + 70) of imports
    have, over (600 + 200 + 470) made. A unit of power holds p imports, of goods q.
    """
    n = Fraction(1200 + 240 + 2350, 600 + 200 + 470 - 150 - 100 - 70)
    p = {"A": Fraction(150, 600), "B": Fraction(100, 200), "C": Fraction(70, 470)}
    q = {
        "A": (1320 + 450 * p["A"] + 180 * p["C"]) / 4500,
        "B": (140 + 150 * p["B"] + 60 * p["C"]) / 1500,
        "C": (500 + 150 * p["C"]) / 750,
    }
    imports = {
        "Ambrook": 150 * p["A"] + 1500 * q["A"] + 500 * q["B"] + 300 * q["C"],
        "Bellmere": 50 * p["B"] + 1400 * q["A"] + 1000 * q["B"] + 200 * q["C"],
        "Cinderley": 80 * p["C"] + 600 * q["A"] + 250 * q["C"],
    }
    domestic = {"Ambrook": 2400, "Bellmere": 2100, "Cinderley": 1500}
    people = {"Ambrook": 200, "Bellmere": 300, "Cinderley": 500}  # million
    rows = rows_of(
        "full_scope",
        published_database(three_cities),
        "footprints_with_imports",
        f"{is_lower_bound} as is_lower_bound",
    )
    assert {row["region_name"] for row in rows} == domestic.keys()
    for row in rows:
        region = row["region_name"]
        full = float(domestic[region] + n * imports[region])
        each = full / people[region]
        assert row["domestic_mt"] == pytest.approx(domestic[region])
        assert row["imports_in_production_mt"] == pytest.approx(
            float(n * imports[region])
        )
        assert row["imports_of_final_users_mt"] == 0
        assert row["full_mt"] == pytest.approx(full)
        assert row["full_per_capita"] == pytest.approx(each)
        if is_lower_bound:
            assert (row["world_average_ratio"], row["us_ratio"]) == (None, None)
        else:
            # tonnes per person of 2012, Global Carbon Budget 2019
            assert row["world_average_ratio"] == pytest.approx(each / 4.87)
            assert row["us_ratio"] == pytest.approx(each / 18.4)


def test_who_else_may_be_a_super_emitter_has_a_chance_of_five_percent(three_cities):
    """One of three is a super-emitter: Ambrook, whatever its chance."""
    rows = rows_of(
        "chances",
        published_database(three_cities),
        "footprint_uncertainty",
        "case region_id when 'A' then 0.01 when 'B' then 0.05 else 0.049 end"
        " as probability_super_emitter",
    )
    shown = {
        row["region_name"]: (
            row["footprint_rank"],
            row["super_emitter"],
            float(row["probability_super_emitter"]),
        )
        for row in rows
    }
    assert shown == {"Ambrook": (1, "yes", 0.01), "Bellmere": (2, "maybe", 0.05)}


def test_headlines_stand_with_their_intervals_in_their_unit(three_cities):
    """2.4, 2.1 and 1.5 Gt are 6,000 Mt; one share stands for another."""
    rows = rows_of(
        "headline_intervals",
        published_database(three_cities),
        "headline_uncertainty",
        "case quantity when 'top_share' then 'interregional_share' else quantity end"
        " as quantity",
    )
    shown = {row["figure"]: row for row in rows}
    assert len(shown) == len(rows) == 3
    total = shown["Footprint of ranked regions"]
    assert (total["unit"], total["value"]) == ("Mt", pytest.approx(6000))
    low, high = total["p05"], total["p95"]
    assert 0 < low < 6000 < high
    assert low + high == pytest.approx(2 * 6000)  # a normal is symmetric
    # the largest of three has 2,400 of 6,000
    share = shown["Emitted in another region, direct emissions not counted"]
    assert share["value"] == pytest.approx(0.4)
    assert shown["Gini index of footprints, 0 to 1"]["unit"] == "share"


def test_incomes_whose_premise_fails_give_way_to_the_reason(three_cities):
    """By pencil: 3,859 under low and water filling."""
    rows = rows_of(
        "living",
        published_database(three_cities),
        "living_standards",
        "if(allocation_rule = 'equal_per_capita', 'receivers_short', premise)"
        " as premise,"
        " if(allocation_rule = 'equal_per_capita', 'too few', null) as premise_note",
    )
    by_rule = {(row["scenario_id"], row["allocation_rule"]): row for row in rows}
    assert len(by_rule) == len(rows) == 9
    kept = by_rule["low", "water filling"]
    assert (kept["after_k"], kept["premise_note"]) == (pytest.approx(3.859), None)
    withheld = by_rule["low", "equal per capita"]
    assert {key for key, value in withheld.items() if value is not None} == {
        "year",
        "stressor_id",
        "scenario_id",
        "allocation_rule",
        "premise_note",
    }


@pytest.mark.parametrize("uuid", CHARTS, ids=lambda uuid: CHARTS[uuid]["file"])
def test_a_chart_asks_for_what_its_dataset_has_and_names_a_unit(uuid, bundled):
    chart = CHARTS[uuid]
    params = chart["params"]
    dataset = DATASETS[chart["dataset_uuid"]]
    (query,) = bundled.query_context(params)["queries"]
    assert query["columns"] or query["metrics"]
    names = {column["column_name"] for column in dataset["columns"]}
    metrics = {metric["metric_name"]: metric for metric in dataset["metrics"]}
    assert set(query["columns"]) <= names
    assert set(query.get("metrics", [])) <= set(metrics)
    shown = [chart["slice_name"], *(str(value) for value in params.values())]
    if params["viz_type"] != "table":
        assert any(unit in text for unit in UNITS for text in shown)


def test_every_dashboard_says_what_it_is_of_and_shows_charts_that_exist():
    shown = set()
    for dashboard in DASHBOARDS.values():
        charts = charts_of(dashboard)
        first = [chart["file"] for chart in charts if chart["file"] != "refusal"]
        assert first[0] == "about"
        shown |= {chart["file"] for chart in charts}
    assert shown == {chart["file"] for chart in CHARTS.values()}


def unpacked(bundle: bytes) -> dict[str, dict]:
    packed = zipfile.ZipFile(BytesIO(bundle))
    return {name: yaml.safe_load(packed.read(name)) for name in packed.namelist()}


def test_without_analyses_nothing_asks_for_them(bundled):
    """And no dashboard has a place for a chart that is not there."""
    absent = ANALYSES | {"compiled_ranges"}
    whole = unpacked(bundled.bundle("my-table", None, MARTS))
    assert len(whole) == len(DATASETS) + len(CHARTS) + len(DASHBOARDS) + 2
    files = unpacked(bundled.bundle("my-table", None, MARTS - absent))
    left_out = {Path(name).stem for name in whole.keys() - files.keys()}
    assert left_out == {
        "rank_intervals",
        "rank_ranges",
        "full_scope",
        "full_scope_bars",
        "headline_intervals",
        "chances",
        "tiers",
        "responsibility",
        "three_scopes",
        "carbon_prices",
        "carbon_price",
        "dividend",
        "border_charges",
    }
    charts = {file["uuid"] for file in files.values() if "viz_type" in file}
    for name, file in files.items():
        assert not absent & set(re.findall(r"\w+", file.get("sql", ""))), name
        if "position" in file:
            parts = {k: v for k, v in file["position"].items() if isinstance(v, dict)}
            for part in parts.values():
                assert set(part.get("children", [])) <= parts.keys(), name
                assert part["type"] != "ROW" or part["children"], name
                assert part["type"] != "CHART" or part["meta"]["uuid"] in charts, name


REFUSED = "'the regions are countries. Prices differ'"


@pytest.mark.parametrize("is_known", [False, True])
def test_incomes_and_chances_are_left_out_where_nobody_knows_them(is_known, bundled):
    note, premise = ("null", "holds") if is_known else ("'compiled'", "receivers_short")
    with duckdb.connect() as connection:
        connection.execute(
            "create schema marts; use marts;"
            f"create table dataset as select {note} as rank_note;"
            f"create table living_standards as select '{premise}' as premise;"
            "create table headlines as select true as comparable;"
            "create table quota_summary as select null as across_countries_note"
        )
        without = bundled.inapplicable_files(connection)
    left_out = {"incomes", "rank_intervals", "chances"} & without
    assert left_out == (set() if is_known else {"incomes", "rank_intervals", "chances"})


@pytest.mark.parametrize("is_refused", [False, True])
def test_where_scenarios_are_not_meant_for_a_dataset_that_is_the_first_card(
    is_refused, bundled, three_cities
):
    """And the overview has no figure of what they avoid; nor a study of elsewhere."""
    note = f"{REFUSED if is_refused else 'null'} as across_countries_note"
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        published = published_database(three_cities)
        connection.execute(f"attach '{published}' as published (read_only)")
        for mart, columns in (
            ("headlines", "*"),
            ("living_standards", "*"),
            ("dataset", "*"),
            ("quota_summary", f"* replace ({note})"),
        ):
            connection.execute(
                f"create view marts.{mart} as select {columns}"
                f" from published.marts.{mart}"
            )
        without = bundled.inapplicable_files(connection)
    files = unpacked(bundled.bundle("my-table", None, MARTS, without))
    charts = {
        file["uuid"]: Path(name).stem
        for name, file in files.items()
        if "viz_type" in file
    }
    assert "headlines" not in charts.values()  # the study is of China in 2012
    shown = {
        file["slug"]: [
            charts[part["meta"]["uuid"]]
            for part in file["position"].values()
            if isinstance(part, dict) and part["type"] == "CHART"
        ]
        for file in files.values()
        if "position" in file
    }
    overview, avoided = (shown[f"carbonshed-{name}"] for name in ("overview", "quotas"))
    if is_refused:
        assert (overview[0], avoided[0]) == ("refusal", "refusal")
        assert "largest_quota" not in overview
    else:
        assert (overview[0], avoided[0]) == ("about", "about")
        assert "largest_quota" in overview
        assert "refusal" not in charts.values()


def test_the_refusal_is_a_sentence(three_cities):
    rows = rows_of(
        "refusal",
        published_database(three_cities),
        "quota_summary",
        f"{REFUSED} as across_countries_note",
    )
    assert rows == [
        {
            "year": 2012,
            "stressor_id": "co2",
            "note": "The regions are countries. Prices differ.",
        }
    ]


def test_the_overview_says_what_stands_out_before_any_figure(connection, bundled):
    """The findings in their order; docs/three_cities.md has 6,800 Mt emitted."""
    charts = charts_of(board("overview"))
    assert [chart["file"] for chart in charts[:3]] == ["refusal", "about", "findings"]
    (query,) = bundled.query_context(charts[2]["params"])["queries"]
    assert query["orderby"] == [["finding_position", True]]
    sql = rendered(DATASETS[charts[2]["dataset_uuid"]]["sql"])
    sentences = connection.sql(
        f"select finding from ({sql}) order by finding_position"
    ).fetchall()
    assert sentences[0] == (
        "The 2012 table contains 6.80 Gt of CO2; all of it is attributed.",
    )


def test_from_poorer_to_richer_names_what_it_is_a_share_of(connection):
    """Of what has a known direction, with the rest beside it: not of all that flows."""
    charts = {chart["file"]: chart["params"] for chart in CHARTS.values()}
    assert charts["poor_to_rich"]["subtitle"] == (
        "of what goes from region to region in a known direction"
    )
    assert board("leakage")["position"]["ROW-2"]["children"] == [
        "CHART-interregional",
        "CHART-poor_to_rich",
        "CHART-unknown_direction",
    ]
    assert charts["interregional"]["subtitle"] == "of all footprints"
    # by pencil, docs/three_cities.md: what each city emits for another, of 6 Gt
    (sql,) = (
        dataset["sql"] for dataset in DATASETS.values() if dataset["file"] == SHARES
    )
    row = connection.sql(rendered(sql)).to_arrow_table().to_pylist()[0]
    crossing = 1000 + 100 + 880 + 840 + 360
    assert row["elsewhere_share"] == pytest.approx(crossing / 6000)
    assert row["unknown_direction_share"] == 0


def test_tenths_of_the_people_are_ten_bars(connection):
    """Of 500 people with 3 t, 300 with 7 t and 200 with 12 t each: 6,000 t in all."""
    (sql,) = (
        dataset["sql"] for dataset in DATASETS.values() if dataset["file"] == "deciles"
    )
    rows = connection.sql(
        f"select decile, amount_percent from ({rendered(sql)})"
        " where measure = 'consumption footprint' order by decile"
    ).fetchall()
    shares = [300 / 60] * 5 + [700 / 60] * 3 + [1200 / 60] * 2
    assert [decile for decile, _ in rows] == list(range(1, 11))
    assert [share for _, share in rows] == pytest.approx(shares)


SHARES = "leakage_shares"


def board(file: str) -> dict:
    return next(
        dashboard for dashboard in DASHBOARDS.values() if dashboard["file"] == file
    )


def test_marts_without_rows_are_not_asked(bundled):
    with duckdb.connect() as connection:
        connection.sql("create schema marts")
        connection.sql("create table marts.regions as select 'A' as region_id")
        connection.sql("create table marts.footprints_with_imports (region_id varchar)")
        connection.sql("create table leakage_flows as select 'A' as region_id")
        assert bundled.marts_with_rows(connection) == {"regions"}


def test_the_bundle_is_of_the_dataset_and_marks_what_is_invented(bundled):
    files = unpacked(bundled.bundle("my-table", "synthetic data", MARTS))
    assert files["carbonshed/metadata.yaml"]["type"] == "assets"
    uri = files["carbonshed/databases/published.yaml"]["sqlalchemy_uri"]
    assert "published/my-table.duckdb?access_mode=read_only" in uri
    titles = [
        file["dashboard_title"] for file in files.values() if "dashboard_title" in file
    ]
    plain = [dashboard["dashboard_title"] for dashboard in DASHBOARDS.values()]
    assert sorted(titles) == sorted(f"[synthetic data] {title}" for title in plain)
    for file in files.values():
        if "viz_type" in file:
            assert json.loads(file["query_context"])["queries"]


def test_real_data_is_not_marked(bundled):
    board = {"dashboard_title": "Overview"}
    bundled.adapt(board, "my-table", False)
    assert board == {"dashboard_title": "Overview"}


def test_a_column_without_a_label_has_that_of_the_marts(bundled, connection):
    labels = bundled.column_labels(connection)
    nouns = ("city", "cities")
    files = unpacked(bundled.bundle("my-table", None, MARTS, (), nouns, labels))
    shown = {
        Path(name).stem: {c["column_name"]: c["verbose_name"] for c in file["columns"]}
        for name, file in files.items()
        if "/datasets/" in name
    }
    assert len(shown) == len(DATASETS)
    assert shown["rank_ranges"]["region_name"] == "City"
    assert shown["indices"]["theil_t"] == "Theil T"
    # its own
    assert shown["full_scope"]["footprint_rank"] == "Rank without imports"


def test_a_noun_has_the_colour_of_the_report(bundled):
    """And each label that has one is that of a metric, or a value in some SQL."""
    labels = {
        metric["verbose_name"]
        for dataset in DATASETS.values()
        for metric in dataset["metrics"]
    }
    words = " ".join(dataset["sql"] for dataset in DATASETS.values())
    measures = {"consumption footprint", "production emissions", "household footprint"}
    for label in bundled.NOUNS_OF_LABELS:
        assert label in labels | measures | {"gdp"} or f"'{label}'" in words, label
    boards = [
        file
        for file in unpacked(bundled.bundle("my-table", None, MARTS)).values()
        if "position" in file
    ]
    for board_ in boards:
        colours_ = board_["metadata"]["label_colors"]
        assert colours_["Footprint, Mt"] == colours.NOUNS["footprint"]
        assert colours_["Emitted, Mt"] == colours.NOUNS["emitted there"]
        assert len(colours_) == len(bundled.NOUNS_OF_LABELS)
    spec = importlib.util.spec_from_file_location(
        "superset_config", SUPERSET / "superset_config.py"
    )
    text = Path(spec.origin).read_text("utf-8")
    assert re.findall(r'"(#[0-9A-F]{6})"', text) == colours.PALETTE


def test_regions_are_called_as_in_the_report(bundled):
    files = unpacked(bundled.bundle("my-table", None, MARTS, (), ("state", "states")))
    texts = [
        value
        for file in files.values()
        for key, value in entries(file)
        if key in (*bundled._READ, *bundled._READ_IN_CHARTS)
    ]
    assert "Ranking of states" in texts
    assert not [text for text in texts if re.search(r"\bregions?\b", text, re.I)]


def entries(part):
    """Yield the keys and texts of an asset, however deep they are."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(value, dict | list):
            yield from entries(value)
        elif isinstance(value, str):
            yield key, value


def test_a_filter_by_region_comes_first_and_leaves_totals_alone(bundled, connection):
    files = unpacked(bundled.bundle("my-table", None, MARTS, (), ("state", "states")))
    names = {
        file["uuid"]: Path(name).stem
        for name, file in files.items()
        if "viz_type" in file
    }
    excluded = {}
    for file in files.values():
        if "position" in file:
            first = file["metadata"]["native_filter_configuration"][0]
            if first["id"] != "NATIVE_FILTER-region_name":
                continue
            assert first["name"] == "State"
            charts = [p["meta"] for p in file["position"].values() if "meta" in p]
            excluded[file["slug"].removeprefix("carbonshed-")] = {
                names[chart["uuid"]]
                for chart in charts
                if chart.get("chartId") in first["scope"]["excluded"]
            }
    assert excluded.keys() == {"regions", "leakage", "quotas", "inequality"}
    assert excluded["inequality"] == {"about", "lorenz", "deciles", "gini", "indices"}
    assert excluded["regions"] == {"about", "sector_groups"}
    assert {"about", "interregional"} <= excluded["leakage"]
    assert "largest_flows" not in excluded["leakage"]
    (sql,) = (
        dataset["sql"] for dataset in DATASETS.values() if dataset["file"] == "flows"
    )
    flows = connection.sql(rendered(sql, region_name=["Ambrook"]))
    pairs = flows.select("origin, destination").fetchall()
    assert len(pairs) == 4  # the other two of six have no Ambrook
    assert all("Ambrook" in pair for pair in pairs)
