"""Prices without dbt: from what is published, and equal to what a build makes."""

from dataclasses import replace

import pytest
from support.compare import OF_TOTAL
from support.tidy_folder import COLUMNS, write_table

from carbonshed.errors import CarbonshedError
from carbonshed.publish.scenario_inputs import PRICE_ANSWERS
from carbonshed.whatif.evaluate import open_session
from carbonshed.whatif.price_answer import make_prices, price_sql, read_prices

NOTE = "It is assumed that all costs are passed on to buyers"
KEYS = ("year", "stressor_id", "price_id", "region_id")


def written(folder, rows, name="prices.csv"):
    """Return a file of prices as in the dataset."""
    write_table(folder / name, COLUMNS["carbon_prices"], rows)
    return folder / name


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_it_is_what_the_build_makes(suffix, several_years, project, tmp_path):
    """The dataset has the same prices, of which one replaces a shipped one."""
    path = written(tmp_path, several_years.system.carbon_prices, f"prices.{suffix}")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        session = open_session(several_years.name)
        rows = read_prices(session, path)
        make_prices(session, rows)
        for answer in PRICE_ANSWERS:
            mine = session.rows(price_sql(session, rows, answer))
            published = session.rows(f"from {session.published(answer)}")
            of_build = {key_of(row): row for row in published}
            assert {row["price_id"] for row in mine} == {"levy", "power"}
            own = {key for key in of_build if key[2] in {"levy", "power"}}
            assert {key_of(row) for row in mine} == own
            for row in mine:
                assert_same(row, of_build[key_of(row)], of_build.values())


def key_of(row):
    return tuple(row.get(name) for name in KEYS)


def assert_same(row, expected, rows):
    assert row.keys() == expected.keys()
    for name, value in row.items():
        if not isinstance(value, float):
            assert value == expected[name], name
            continue
        largest = max(abs(other[name]) for other in rows if other[name] is not None)
        assert value == pytest.approx(expected[name], abs=OF_TOTAL * largest), name


def test_an_edition_without_prices_has_nothing_to_evaluate(several_years, project):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        session = open_session(several_years.name)
    scenarios = [step for step in session.steps if "carbon" not in step.relation]
    with pytest.raises(CarbonshedError, match=r"no prices .* analyses: false.* run:"):
        make_prices(replace(session, steps=scenarios), [])


def test_what_it_prints(several_years, project, tmp_path):
    last = max(several_years.system.years)
    path = written(tmp_path, [("all too much", 10.0, None, None, None, True)])
    command = ("carbonshed", "price", str(path), "--dataset", several_years.name)
    text = project.run(*command).must_pass().text
    blocks = text.split("\n\n")
    assert f"A price on co2, {last}" in blocks
    (title,) = [block for block in blocks if block.startswith("all too much: co2")]
    burdens = several_years.expected["carbon_price_burden"]
    bearing = [
        key
        for key, row in burdens.items()
        if key[:3] == (last, "co2", "all") and row["burden"]
    ]
    regions = len(several_years.system.regions)
    assert f"co2, {last}; {len(bearing)} of {regions} regions bear a part" in title
    assert "Price rises by product are not shown." in " ".join(text.split())
    assert NOTE in text
    # shipped ones are published already
    assert "energy_and_heavy" not in text
    # jobs have no price
    project.run(*command, "--stressor", "jobs").must_refuse(
        "nothing is evaluated of the stressor 'jobs', but of co2"
    )
    for form in ("csv", "json", "markdown"):
        result = project.run(*command, "--format", form).must_pass()
        assert "all too much" in result.text
        assert NOTE in result.text
    table = ("--table", "carbon_price_burden", "--format", "csv")
    file = tmp_path / "burden.csv"
    project.run(*command, *table, "-o", str(file)).must_pass()
    lines = file.read_text("utf-8").splitlines()
    stressors = sum(stressor.id == "co2" for stressor in several_years.system.stressors)
    assert len(lines) == 1 + len(several_years.system.years) * stressors * regions


def test_it_refuses_what_a_dataset_would(several_years, project, tmp_path):
    first = several_years.system.regions[0].id
    sector = several_years.system.sectors[0].id
    below = [("a", -1.0, first, None, None, None)]
    two = [("a", 1.0, first, None, None, None), ("a", 1.0, None, sector, None, None)]
    unknown = [("a", 1.0, "Atlantis", None, None, None)]
    for rows, *parts in (
        (below, "prices.csv: line 2", "`price` is -1", f"region_id {first!r}"),
        (two, "lines 2 and 3 are equally specific", f"sector_id {sector!r}"),
        (unknown, "line 2", "'Atlantis'", "an id of regions"),
        ([], "prices.csv: no rows"),
    ):
        path = str(written(tmp_path, rows))
        refused = project.run("carbonshed", "price", path, "-d", several_years.name)
        refused.must_refuse(*parts)
    column = tmp_path / "column.csv"
    column.write_text("price_id,price,sector\na,1,01\n", "utf-8")
    refused = project.run("carbonshed", "price", str(column), "-d", several_years.name)
    refused.must_refuse("'sector' is not known (did you mean 'sector_id'?)")
    table = ("--table", "carbon_price_products")
    refused = project.run("carbonshed", "price", path, "-d", several_years.name, *table)
    refused.must_refuse("--table is 'carbon_price_products', expected one of")


def test_a_slip_has_the_words_that_it_has_among_scenarios(
    several_years, project, tmp_path
):
    """A name for an id, the line, and where all ids are."""
    named = several_years.system.sectors[0]
    price, scenario = tmp_path / "prices.csv", tmp_path / "scenarios.csv"
    price.write_text(f'price_id,price,sector_id\na,1,"{named.name}"\n', "utf-8")
    scenario.write_text(
        "scenario_id,lever,kind,value,sector_id\n"
        f'a,intensity,factor,1,"{named.name}"\n',
        "utf-8",
    )
    words = [
        project.run("carbonshed", command, str(file), "-d", several_years.name).text
        for command, file in (("price", price), ("whatif", scenario))
    ]
    assert f"line 2: `sector_id` has the unknown id {named.name!r}" in words[0]
    assert words[0] == words[1].replace("scenarios.csv", "prices.csv")
