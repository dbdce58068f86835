"""Scenarios without dbt: from what is published, and equal to what a build makes."""

import os
import re
import shutil
from dataclasses import replace

import duckdb
import pytest
from support.compare import OF_TOTAL
from support.policy_facts import UserRow, write_scenarios

from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import what_if_folder
from carbonshed.publish.scenario_inputs import ANSWERS, INPUTS
from carbonshed.scenarios.scenario_file import read_scenarios
from carbonshed.whatif.evaluate import evaluate, open_session, vocabulary

CHINESE = "清洁能源"


def edition(built):
    return (built.warehouse.parent / "published" / built.warehouse.name).resolve()


def evaluated(built, path):
    """Return a session in which the scenarios of a file are evaluated."""
    session = open_session(built.name)
    rows = read_scenarios(path, vocabulary(session))
    assert evaluate(session, rows, ANSWERS) == []
    return session


@pytest.fixture(scope="module")
def beside_the_build(what_if, project):
    """Evaluate the scenarios that the dataset was built with once more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        yield evaluated(what_if, project.root / "scenarios of what_if.csv")


@pytest.mark.parametrize("answer", ANSWERS)
def test_it_is_what_the_build_makes(answer, beside_the_build):
    mine, built = beside_the_build.answer(answer), beside_the_build.published(answer)
    connection = beside_the_build.connection
    relation = connection.sql(f"from {mine}")
    numbers = [
        name
        for name, kind in zip(relation.columns, relation.types, strict=True)
        if kind.id == "double"
    ]
    others = [name for name in relation.columns if name not in numbers]
    own = f"select scenario_id from {beside_the_build.answer('scenario_levers')}"
    (rows, expected) = (
        connection.sql(f"select count(*) from {table} where scenario_id in ({own})")
        for table in (mine, built)
    )
    assert rows.fetchone() == expected.fetchone() > (0,)
    # the same rows, apart from the last digits of numbers
    matches = " and ".join(
        f"mine.{name} is not distinct from built.{name}" for name in others
    )
    sizes = {
        name: connection.sql(f"select max(abs({name})) from {built}").fetchone()[0]
        for name in numbers
    }
    close = " and ".join(
        f"(mine.{name} is not distinct from built.{name}"
        f" or abs(mine.{name} - built.{name}) <= {OF_TOTAL * (sizes[name] or 0)!r})"
        for name in numbers
    )
    (found,) = connection.sql(
        f"select count(*) from {mine} as mine inner join {built} as built"
        f" on {matches} and {close or 'true'}"
    ).fetchone()
    assert (found,) == connection.sql(f"select count(*) from {mine}").fetchone()


def test_what_it_prints(what_if, project, tmp_path):
    idle = [
        UserRow("idle", "intensity", "factor", 1),
        UserRow("idle", "demand", "scale_to_cap", 1e9),
        UserRow("idle", "demand", "cap", 1e9),
    ]
    cleaner = UserRow(CHINESE, "intensity", "factor", 0.5)
    replaced = UserRow("low", "intensity", "factor", 0.9)
    path = tmp_path / "mine.csv"
    write_scenarios(path, (*idle, cleaner, replaced))
    command = ("carbonshed", "whatif", str(path), "--dataset", "what_if")
    said = project.run(*command).must_pass()
    blocks = said.text.split("\n\n")
    (place,) = [
        place
        for place, block in enumerate(blocks)
        if block.startswith("Emissions avoided: co2, 2010, of ")
    ]
    summary = [line.split() for line in blocks[place + 1].splitlines()]
    # the shipped ones beside, but not the one that is replaced, nor other users'
    assert [row[:2] for row in summary[-5:]] == [
        ["idle", "yours"],
        ["low", "yours"],
        [CHINESE, "yours"],
        ["high", "shipped"],
        ["medium", "shipped"],
    ]
    text = said.text
    assert "targets" not in text
    assert f"idle: co2, {max(what_if.system.years)}; no region changes" in text
    assert "Nothing changes by line 2, 3, 4 alone" in text
    assert "A scenario changes intensities and demand, nothing else" in text
    incomes = project.run(*command, "--table", "living_standards")
    assert "Living standards are not reported for" in incomes.text
    # half of all intensities: what sectors emit and nothing else
    table = project.run(
        *command, "--table", "quota_by_region", "--format", "csv"
    ).must_pass()
    (path.with_suffix(".out")).write_text(table.text, "utf-8")
    with duckdb.connect() as connection:
        (worst,) = connection.sql(
            "select max(abs(production_before - direct - 2 * (production_after"
            " - direct - unattributed) - unattributed) / production_before) from"
            f" read_csv('{path.with_suffix('.out')}', all_varchar = false)"
            " inner join (select year, stressor_id, region_id, direct_emissions as"
            " direct, unattributed_emissions as unattributed from read_parquet("
            f"'{edition(what_if).parent}/parquet/regional_accounts.parquet'))"
            " using (year, stressor_id, region_id)"
            f" where scenario_id = '{CHINESE}' and production_before > 0"
        ).fetchone()
        rows = connection.sql(
            "select (year, stressor_id, scenario_id), footprint_change,"
            " footprint_after - footprint_before, production_change,"
            " production_after - production_before"
            f" from read_csv('{path.with_suffix('.out')}')"
        ).fetchall()
    assert worst < 1e-9
    sizes: dict[object, list[float]] = {}
    for case, *changes in rows:
        assert changes[::2] == changes[1::2]
        sizes.setdefault(case, []).append(max(map(abs, changes)))
    assert any(of_case[0] > of_case[-1] for of_case in sizes.values())
    for of_case in sizes.values():
        assert of_case == sorted(of_case, reverse=True)
    piped = (
        f"import os, sys; os.dup2(os.open({str(path)!r}, os.O_RDONLY), 0);"
        " sys.argv[1:] = ['whatif', '-', '--dataset', 'what_if'];"
        " from carbonshed.cli import app; app()"
    )
    again = project.run("python", "-c", piped).must_pass()
    assert sorted(again.text.splitlines()) == sorted(text.splitlines())


def test_it_is_about_co2_and_another_stressor_is_one_choice_away(
    what_if, project, tmp_path
):
    """Three stressors are masses, one of them methane; jobs are nothing avoided."""
    path = tmp_path / "mine.csv"
    write_scenarios(path, [UserRow("mine", "intensity", "factor", 0.5)])
    command = ("carbonshed", "whatif", str(path), "--dataset", "what_if")

    def about(text):
        return set(re.findall(r"(?:avoided|mine): (\S+), \d{4}[,;]", text))

    usual = project.run(*command).must_pass().text
    assert about(usual) == {"co2"}
    assert "Not shown: CO2, ch4_é; --stressor ID shows one" in usual
    assert "Footprints of co2 leave out" in usual
    other = project.run(*command, "--stressor", "methane").must_pass().text
    assert about(other) == {"ch4_é"}
    assert "Not shown: co2, CO2; --stressor ID shows one" in other
    assert "Footprints of ch4_é leave out" in other
    for wish, *parts in (
        ("jobs", "nothing is evaluated of the stressor 'jobs', but of co2, CO2, ch4_é"),
        ("n2o", "the dataset has no stressor 'n2o'"),
    ):
        project.run(*command, "--stressor", wish).must_refuse(*parts)
    for form in (("--table", "quota_by_region"), ("--format", "csv")):
        refused = project.run(*command, *form, "--stressor", "co2")
        refused.must_refuse("is printed whole, of all stressors")


def test_it_does_not_wait_for_dbt(what_if, project):
    """Nor for anything else that takes long to import."""
    result = project.run(
        "python",
        "-c",
        "import sys\n"
        "from carbonshed.cli import app\n"
        "sys.argv = ['carbonshed', 'whatif', 'scenarios of what_if.csv',"
        " '-d', 'what_if']\n"
        "try:\n    app()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "imported = {name.split('.')[0] for name in sys.modules}\n"
        "print(imported & {'dbt', 'pandas', 'scipy'})",
    ).must_pass()
    assert result.text.splitlines()[-1] == "set()"


def test_it_refuses_with_all_that_is_wrong(what_if, project, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        "scenario_id,region_id,lever,kind,value\n"
        "a,Atlantis,intensity,factor,0.5\n"
        "b,,demand,benchmark,p25\n"
    )
    unknown = "there is no dataset 'whatif' (did you mean 'what_if'?)"
    for option, value, *parts in (
        ("--dataset", "what_if", "2 problems", "line 2: `region_id`", "line 3: `kind`"),
        ("--dataset", "whatif", unknown),
        ("--table", "regions", "--table is 'regions', expected one of: quota_summary"),
    ):
        refused = project.run("carbonshed", "whatif", str(path), option, value)
        refused.must_refuse(*parts)


def test_a_cap_out_of_reach_is_refused_alike(what_if, project, tmp_path):
    """Households of `true` leave 6.10 of its 9.17 t in 2010, and stocks all of it."""
    rows = (
        UserRow("a", "demand", "cap", 6.0, 2010, "true", category="hh,urban"),
        UserRow("a", "demand", "cap", 6.0, 2010, "true", category="hh rural"),
        UserRow("b", "demand", "cap", 9.0, 2010),
    )
    path = write_scenarios(tmp_path / "mine.csv", rows)
    told = project.run("carbonshed", "whatif", str(path), "--dataset", "what_if")
    checked = project.run(*checking(path))
    assert told.code == checked.code == 1
    assert checked.text == told.text
    words = (
        r"mine.csv: line 2: region true cannot be brought down to 6.0 t of co2 per "
        r"person in 2010: it has 9.17\d* t, and the smallest that can be reached in "
        r"the categories of this cap is (6.10\d*) t; expected that or more"
    )
    found = re.search(words, told.text)
    assert found, told
    # what is said to be the smallest is accepted
    smallest = float(found[1])
    mended = [replace(row, value=smallest) for row in rows[:2]]
    write_scenarios(path, (*mended, rows[2]))
    project.run(*checking(path)).must_pass()


def checking(path):
    return ("carbonshed", "check", "scenarios", str(path), "--dataset", "what_if")


def test_what_an_edition_must_keep(what_if, tmp_path, monkeypatch):
    """An edition of an earlier version, and one whose solved tables are gone."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    copy = tmp_path / "warehouse" / "published"
    copy.mkdir(parents=True)
    original = edition(what_if)
    folder = copy / "an edition"
    # links, as on a disk that has no other
    shutil.copytree(original.parent, folder, symlinks=True, copy_function=os.symlink)
    (copy / original.name).symlink_to(folder / original.name)
    # a link to the database leads to the folder of the original
    (folder / original.name).unlink()
    shutil.copy(original, folder / original.name)
    assert open_session("what_if").steps
    solved = next(what_if_folder(folder).glob("*.parquet"))
    solved.unlink()
    solved.symlink_to("gone")
    with pytest.raises(CarbonshedError, match=r"were replaced .* run: dbt build"):
        open_session("what_if")
    (what_if_folder(folder) / INPUTS).unlink()
    with pytest.raises(CarbonshedError, match=r"an earlier version.* run: dbt build"):
        open_session("what_if")


def test_an_edition_with_other_columns_is_an_earlier_one(beside_the_build):
    with pytest.raises(CarbonshedError, match=r"an earlier version.* run: dbt build"):
        beside_the_build.rows(
            f"select unheard_of from {beside_the_build.answer('quota_summary')}"
        )
