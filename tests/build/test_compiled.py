"""A compiled table: what its marts do not claim, and what its variants add."""

import csv
from pathlib import Path

import pytest
from support.compare import asked, read_mart

from carbonshed.ask.variants import VARIANT_FIGURES, VARIANT_TOTALS, of_variants
from carbonshed.dataset.contract import COMPILE_VARIANTS

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
QUARTERS = ("north", "south", "east", "west")
TABLES = ("quarters", *(f"quarters-{variant}" for variant in COMPILE_VARIANTS))
CHANCES = {
    "footprint_uncertainty": [
        "probability_above_world",
        "expected_rank",
        "rank_p05",
        "rank_p50",
        "rank_p95",
        "per_capita_rank_p05",
        "per_capita_rank_p95",
        "probability_super_emitter",
    ],
    "footprint_covariances": ["probability_larger"],
}
RANGES = [
    "footprint_lowest",
    "footprint_highest",
    "rank_best",
    "rank_worst",
    "per_capita_rank_best",
    "per_capita_rank_worst",
    "super_emitter_in",
]


def write_quarters(folder: Path) -> Path:
    """Write statistics of four quarters of one of the two towns."""
    folder.mkdir()
    (folder / "datapackage.json").write_text('{"name": "quarters"}')
    tables = {
        "regions": [
            ("region_id", "region_name", "region_type", "parent_region_id"),
            *((name, name.title(), "city", "M") for name in QUARTERS),
        ],
        "region_years": [
            ("year", "region_id", "population", "gdp"),
            *((2021, name, 1000 + 400 * k, 9 - k) for k, name in enumerate(QUARTERS)),
        ],
        "activity": [
            ("year", "region_id", "measure", "sector_id", "value"),
            *((2021, name, "output", "power", k**3) for k, name in enumerate(QUARTERS)),
            *(
                (2021, name, "output", "goods", 9 - k)
                for k, name in enumerate(QUARTERS)
            ),
        ],
        "emissions": [
            ("year", "stressor_id", "region_id", "sector_id", "value"),
            *((2021, "co2", name, "power", 9 * k) for k, name in enumerate(QUARTERS)),
            *((2021, "co2", name, "goods", 1 + k) for k, name in enumerate(QUARTERS)),
        ],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def compiled(project, tmp_path_factory: pytest.TempPathFactory):
    """Compile the quarters with their variants, and build the table itself first."""
    project.ingest(EXAMPLES / "two_towns", "towns").must_pass()
    folder = write_quarters(tmp_path_factory.mktemp("statistics") / "quarters")
    names = ("--parent", "towns", "--name", "quarters", "--variants")
    project.run("carbonshed", "compile", str(folder), *names).must_pass()
    with project.untested():
        project.build("quarters")
    return project


# what figures of a variant are read from
FIGURES = (
    "+path:models/marts/dimensions",
    "+footprint_rankings",
    "+super_emitters",
    "+inequality_indices",
    "+leakage_summary",
    "+leakage_flows",
    "+carbon_price_burden",
    "+carbon_price_summary",
)
RANGED = (
    "compiled_variants",
    "compiled_variant_totals",
    "compiled_ranges",
    "dataset",
    "findings",
)
# without prices on emissions
WITHOUT_ANALYSES = "quarters-far"


@pytest.fixture(scope="module")
def varied(compiled):
    """Publish figures of the variants, and build what reads them once more."""
    for name in TABLES[1:]:
        has_prices = name != WITHOUT_ANALYSES
        compiled.publish_part(name, "--select", *FIGURES, analyses=has_prices)
    compiled.publish_part("quarters", "--select", *RANGED, is_tested=True)
    return compiled


def note_of(project) -> str:
    (note,) = asked(
        project.warehouse("quarters"), "select rank_note from marts.dataset"
    )[0]
    return note


def findings_of(project) -> list[tuple[float | None, str]]:
    return asked(
        project.warehouse("quarters"),
        "select value, finding from marts.findings where finding_id = 'compiled_ranks'",
    )


@pytest.mark.parametrize("mart", CHANCES)
def test_a_compiled_table_claims_no_chances(compiled, mart):
    rows = read_mart(compiled.warehouse("quarters"), mart, CHANCES[mart]).values()
    assert rows
    assert {row[name] for row in rows for name in CHANCES[mart]} == {None}


def test_intervals_of_its_data_stay(compiled):
    columns = ["footprint_p05", "footprint_p95"]
    rows = read_mart(compiled.warehouse("quarters"), "footprint_uncertainty", columns)
    assert all(row["footprint_p05"] < row["footprint_p95"] for row in rows.values())


def test_without_variants_there_is_a_sentence(compiled):
    assert read_mart(compiled.warehouse("quarters"), "compiled_ranges", RANGES) == {}
    note = note_of(compiled)
    assert note.startswith("Ranks of a compiled table have no interval and no prob")
    *others, last = TABLES[1:]
    assert f"build {', '.join(others)} and {last} before quarters" in note
    assert findings_of(compiled) == [(None, note)]


def test_with_variants_there_is_a_range(varied):
    accounts, ranks, emitters = {}, {}, {}
    for name in TABLES:
        file = varied.warehouse(name)
        accounts[name] = read_mart(file, "regional_accounts", ["consumption_footprint"])
        columns = ["footprint_rank", "footprint_per_capita_rank"]
        ranks[name] = read_mart(file, "footprint_rankings", columns)
        chosen = asked(
            file,
            "select year, stressor_id, region_id from marts.super_emitters"
            " where is_default_rule and is_selected",
        )
        emitters[name] = set(chosen)
    rows = read_mart(varied.warehouse("quarters"), "compiled_ranges", RANGES)
    assert rows.keys() == accounts["quarters"].keys()
    moved = 0
    for key, row in rows.items():
        amounts = [accounts[name][key]["consumption_footprint"] for name in TABLES]
        assert row["footprint_lowest"] == min(amounts)
        assert row["footprint_highest"] == max(amounts)
        if key not in ranks["quarters"]:  # money is not ranked
            assert {row[name] for name in RANGES[2:]} == {None}
            continue
        for column, words in (
            ("footprint_rank", "rank"),
            ("footprint_per_capita_rank", "per_capita_rank"),
        ):
            places = [ranks[name][key][column] for name in TABLES]
            assert row[f"{words}_best"] == min(places)
            assert row[f"{words}_worst"] == max(places)
            moved += min(places) < max(places)
        assert row["super_emitter_in"] == sum(key in emitters[n] for n in TABLES)
    assert moved, "no rank moves: nothing was tried"
    of_masses = [row for row in rows.values() if row["rank_best"]]
    moving = sum(row["rank_best"] < row["rank_worst"] for row in of_masses)
    (value, sentence), *_ = findings_of(varied)
    assert value == pytest.approx(moving / len(of_masses))
    assert sentence.startswith("The table is compiled: with each of its two trade par")
    assert note_of(varied).endswith("halved and doubled, is in compiled_ranges.")


def test_figures_of_variants_are_those_of_their_own_marts(varied):
    """Of regions and of the whole table, to be held against those of the table."""
    warehouse = varied.warehouse("quarters")
    for name in TABLES[1:]:
        variant = name.removeprefix("quarters-")
        columns = "production_emissions, consumption_footprint, footprint_per_capita"
        columns += ", outflow_emissions, inflow_emissions, net_transfer, is_ranked"
        of_regions = (
            f"select year, stressor_id, region_id, {columns} from {{}} order by"
        )
        source = f"(from intermediate.compiled_variants where variant = '{variant}')"
        there = asked(
            varied.warehouse(name),
            of_regions.format("marts.regional_accounts") + " all",
        )
        assert there
        assert asked(warehouse, of_regions.format(source) + " all") == there
        totals = dict(
            asked(
                warehouse,
                "select figure, value from intermediate.compiled_variant_totals"
                f" where variant = '{variant}' and stressor_id = 'co2'"
                " and origin_region_id is null",
            )
        )
        shares = ("gini_consumption_footprint", "bottom50_share_gdp")
        shares += ("interregional_share", "supply_chain_share")
        assert [totals[figure] for figure in shares] == [
            *asked(
                varied.warehouse(name),
                """
                select gini, (
                    select bottom50_share from marts.inequality_indices
                    where measure = 'gdp' and stressor_id = 'co2'
                ), interregional_share, supply_chain_share
                from marts.inequality_indices
                inner join marts.leakage_summary using (year, stressor_id)
                where measure = 'consumption_footprint' and stressor_id = 'co2'
                """,
            )[0]
        ]
        flows = asked(
            warehouse,
            "select origin_region_id, destination_region_id, value"
            " from intermediate.compiled_variant_totals"
            f" where variant = '{variant}' and figure = 'gross_flow'"
            " and stressor_id = 'co2' order by value desc",
        )
        assert len(flows) == 10
        assert flows == asked(
            varied.warehouse(name),
            "select origin_region_id, destination_region_id, gross_flow"
            " from marts.leakage_flows where stressor_id = 'co2'"
            " order by gross_flow desc limit 10",
        )


def test_burdens_of_variants_are_of_the_default_price(varied):
    """A variant that is built without analyses has none, and its other figures."""
    burdens = """
        select variant, count(household_burden_share), count(*)
        from intermediate.compiled_variants where stressor_id = 'co2' group by 1
    """
    counts = {v: rest for v, *rest in asked(varied.warehouse("quarters"), burdens)}
    for name in TABLES[1:]:
        variant = name.removeprefix("quarters-")
        if name == WITHOUT_ANALYSES:
            assert counts[variant] == [0, len(QUARTERS) + 1]
            continue
        assert counts[variant] == [len(QUARTERS) + 1, len(QUARTERS) + 1]
        of_variant = f"""
            select region_id, household_burden_share
            from intermediate.compiled_variants
            where variant = '{variant}' and stressor_id = 'co2' order by 1
        """
        of_price = """
            select burden.region_id, burden.household_burden_share
            from marts.carbon_price_burden as burden
            inner join marts.carbon_price_summary as summary
                using (year, stressor_id, price_id)
            where summary.is_default order by 1
        """
        there = asked(varied.warehouse(name), of_price)
        assert asked(varied.warehouse("quarters"), of_variant) == there


def test_every_variant_counts(varied, monkeypatch):
    """One that is not there leaves nothing to be said of the others."""
    monkeypatch.chdir(varied.root)
    assert len(of_variants("quarters", VARIANT_TOTALS))
    for name in TABLES[1:]:
        folder = Path("data") / name
        folder.rename("data/elsewhere")
        assert not len(of_variants("quarters", VARIANT_TOTALS))
        Path("data/elsewhere").rename(folder)
    assert len(of_variants("quarters", VARIANT_FIGURES))


def test_the_question_how_sure_the_ranking_is(varied):
    """The range stands beside the ranks, and below them why there is no interval."""
    said = varied.run(
        "carbonshed", "ask", "how_sure_is_the_ranking", "--dataset", "quarters"
    ).must_pass()
    assert "rank_best" in said.text.replace(" ", "_")
    words = " ".join(said.text.split())
    assert "Ranks of a compiled table have no interval and no probability" in words
    assert "is in compiled_ranges." in words


def test_variants_of_other_statistics_are_not_taken(varied, tmp_path):
    """What is published of them belongs to statistics that have been changed since."""
    folder = write_quarters(tmp_path / "quarters")
    path = folder / "region_years.csv"
    path.write_text(path.read_text().replace("2021,north,1000", "2021,north,1001"))
    names = ("--parent", "towns", "--name", "quarters")
    varied.run("carbonshed", "compile", str(folder), *names).must_pass()
    with varied.untested():
        made = varied.dbt(
            "build", "quarters", "--select", "+compiled_ranges", "dataset"
        )
    assert made.code == 0, made
    assert read_mart(varied.warehouse("quarters"), "compiled_ranges", RANGES) == {}
    assert "before quarters" in note_of(varied)
