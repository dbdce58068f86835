"""A compiled table: what its marts do not claim, and what its variants add."""

import csv
import re
from pathlib import Path

import pytest
from support.compare import asked, read_mart

from carbonshed.ask.variants import VARIANT_FIGURES, VARIANT_FINDINGS, of_variants
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
    "+findings",
)
RANGED = (
    "variant_figures",
    "variant_findings",
    "compiled_ranges",
    "int_findings_places",
    "dataset",
    "findings",
)


@pytest.fixture(scope="module")
def varied(compiled):
    """Publish figures of the variants, and build what reads them once more."""
    for name in TABLES[1:]:
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


def test_without_variants_it_has_no_intervals(compiled):
    """Errors of the data are the smaller part; alone they would say too much."""
    warehouse = compiled.warehouse("quarters")
    for mart, ends in (
        ("footprint_uncertainty", ["footprint_p05", "footprint_p95"]),
        ("headline_uncertainty", ["p05", "p50", "p95"]),
        ("published_comparisons", ["footprint_p05", "footprint_p95"]),
    ):
        rows = read_mart(warehouse, mart, ends).values()
        assert {row[end] for row in rows for end in ends} <= {None}
    assert read_mart(warehouse, "footprint_uncertainty", ["standard_error"])


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


def test_a_finding_is_held_against_that_of_every_variant(varied):
    """It holds where all say the same of the same places, and gives their range."""
    claims = "select finding_id, claim, subject_ids, value from marts.findings"
    said = {name: {} for name in TABLES}
    for name in TABLES:
        for finding, claim, subjects, value in asked(varied.warehouse(name), claims):
            said[name][finding] = (claim, subjects), value
    rows = asked(
        varied.warehouse("quarters"),
        "select finding_id, headline, value, unit, grade, holds_in_variants"
        " from marts.findings where claim not like 'accounts_close%'"
        " and finding_id not in ('compiled_ranks', 'published_accounts')",
    )
    ranges, differing = 0, 0
    for finding, headline, value, unit, grade, holds in rows:
        known = [said[name].get(finding) for name in TABLES[1:]]
        if None in known:  # without analyses they say less
            assert holds is not True
            continue
        # what is withheld where variants differ is still claimed
        claimed = said["quarters"][finding][0]
        agree = all(claim == claimed for claim, _ in known)
        assert holds is agree, headline
        if not agree:
            differing += 1
            assert value is None
            assert "depends on" in headline or "has one of the" in headline
            continue
        if value is None or not re.search(r"\d", headline):
            continue
        values = [abs(value), *(abs(each) for _, each in known)]
        if unit == "share" and round(100 * min(values)) < round(100 * max(values)):
            ranges += 1
            assert grade == "holds within a range"
            ends = f"{100 * min(values):.0f} to {100 * max(values):.0f} %"
            assert ends in headline, headline
    assert ranges, "no number moves: nothing was tried"
    assert differing, "nothing differs: nothing was tried"


def test_every_variant_counts(varied, monkeypatch):
    """One that is not there leaves nothing to be said of the others."""
    monkeypatch.chdir(varied.root)
    assert len(of_variants("quarters", VARIANT_FINDINGS))
    for name in TABLES[1:]:
        folder = Path("data") / name
        folder.rename("data/elsewhere")
        assert not len(of_variants("quarters", VARIANT_FINDINGS))
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
