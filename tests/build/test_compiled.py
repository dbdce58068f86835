"""A compiled table: what its marts do not claim, and what its variants add."""

import csv
from pathlib import Path

import pytest
from support.compare import asked, read_mart

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
QUARTERS = ("north", "south", "east", "west")
VARIANTS = ("quarters", "quarters-low", "quarters-high")
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
    "footprint_halved",
    "footprint_doubled",
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


# what the range of a figure is made of
FIGURES = ("+path:models/marts/dimensions", "+footprint_rankings", "+super_emitters")
RANGED = ("compiled_variants", "compiled_ranges", "dataset", "findings")


@pytest.fixture(scope="module")
def varied(compiled):
    """Publish figures of the variants, and build what reads them once more."""
    for name in VARIANTS[1:]:
        compiled.publish_part(name, "--select", *FIGURES, analyses=False)
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
    assert "build quarters-low and quarters-high before quarters" in note
    assert findings_of(compiled) == [(None, note)]


def test_with_variants_there_is_a_range(varied):
    accounts, ranks, emitters = {}, {}, {}
    for name in VARIANTS:
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
        amounts = [accounts[name][key]["consumption_footprint"] for name in VARIANTS]
        assert row["footprint_halved"] == amounts[1]
        assert row["footprint_doubled"] == amounts[2]
        assert row["footprint_lowest"] == min(amounts)
        assert row["footprint_highest"] == max(amounts)
        if key not in ranks["quarters"]:  # money is not ranked
            assert {row[name] for name in RANGES[4:]} == {None}
            continue
        for column, words in (
            ("footprint_rank", "rank"),
            ("footprint_per_capita_rank", "per_capita_rank"),
        ):
            places = [ranks[name][key][column] for name in VARIANTS]
            assert row[f"{words}_best"] == min(places)
            assert row[f"{words}_worst"] == max(places)
            moved += min(places) < max(places)
        assert row["super_emitter_in"] == sum(key in emitters[n] for n in VARIANTS)
    assert moved, "no rank moves: nothing was tried"
    of_masses = [row for row in rows.values() if row["rank_best"]]
    moving = sum(row["rank_best"] < row["rank_worst"] for row in of_masses)
    (value, sentence), *_ = findings_of(varied)
    assert value == pytest.approx(moving / len(of_masses))
    assert sentence.startswith("The table is compiled: with its main assumption halved")
    assert note_of(varied).endswith("halved and doubled, is in compiled_ranges.")


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
