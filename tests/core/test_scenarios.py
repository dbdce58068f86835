"""A user's scenarios: what is read, what is refused, and that nothing else happens."""

import csv
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.commands import run_command
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import published_as
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.cli.publications import keep_scenarios
from carbonshed.dbt_plugin.preflight import preflight
from carbonshed.errors import CarbonshedError
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.scenarios.allowed_ids import Vocabulary, load_vocabulary
from carbonshed.scenarios.scenario_file import (
    ScenarioRow,
    load_scenarios,
    read_scenarios,
    suspicious_factors,
)
from carbonshed.whatif.answer import across_countries, producers

ROOT = Path(__file__).resolve().parents[2]
HEADER = "scenario_id,year,region_id,sector_id,category_id,lever,kind,value"

REGIONS = ("01", "1", "1e3", "NA", "null", "true", "a,b", 'q"q', "Beta", "beta", "åbo")
KNOWN = Vocabulary(
    dataset="odd",
    years=(2012, 2013),
    ids={
        "regions": REGIONS,
        "sectors": tuple(f"s{i:02}" for i in range(42)),
        "final_demand_categories": ("hh", "false"),
    },
    groups={
        "sectors": {"energy": ("s00", "s07")},
        "final_demand_categories": {"household": ("hh",), "false": ("false",)},
    },
    names={"sectors": {"Steel": ("s03",)}, "regions": {"Twin": ("01", "1")}},
    power_supply=frozenset(["s07"]),
    benchmarks=("mean", "median", "p25"),
    caps=("peer_mean", "national_mean"),
    is_built=False,
)

ALL = {"year": None, "region_id": None, "sector_id": None, "category_id": None}
NOTHING = {"factor": None, "benchmark_id": None, "cap_id": None, "cap_tonnes": None}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a file and returns its path."""
    monkeypatch.chdir(tmp_path)

    def write_file(*lines, header=HEADER):
        path = Path("mine.csv")
        path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
        return path

    return write_file


def refusal(path, vocabulary=KNOWN):
    message = refusal_of(read_scenarios, path, vocabulary)
    assert message.startswith("mine.csv: ")
    assert "Traceback" not in message
    return message


def row_of(number, scenario, lever, kind, **others):
    """Return a row about everything, with power supply, apart from `others`."""
    named = {"scenario_id": scenario, "lever": lever, "kind": kind}
    rest = {**ALL, **NOTHING, "includes_power_supply": True, **others}
    # the header is line 1
    return ScenarioRow(row_number=number, line=number + 1, **named, **rest)


# What is read


def test_every_kind_has_its_own_column(write):
    path = write(
        "a,2012,01,s00,,intensity,factor,0.5",
        "a,,,,,intensity,benchmark,p25",
        "a,,,,hh,demand,factor,1.25",
        "a,,,,,demand,cap,2.5",
        "b,,,,,demand,cap,peer_mean",
        "b,,,,,demand,scale_to_cap,peer_mean",
        "c,,,,,demand,scale_to_cap,2.5",
    )
    place = {"year": 2012, "region_id": "01", "sector_id": "s00"}
    assert read_scenarios(path, KNOWN) == [
        row_of(1, "a", "intensity", "factor", factor=0.5, **place),
        row_of(2, "a", "intensity", "benchmark", benchmark_id="p25"),
        row_of(3, "a", "demand", "factor", factor=1.25, category_id="hh"),
        row_of(4, "a", "demand", "cap", cap_tonnes=2.5),
        row_of(5, "b", "demand", "cap", cap_id="peer_mean"),
        row_of(6, "b", "demand", "scale_to_cap", cap_id="peer_mean"),
        row_of(7, "c", "demand", "scale_to_cap", cap_tonnes=2.5),
    ]


def test_ids_are_never_guessed_at(write):
    quoted = ['"' + region.replace('"', '""') + '"' for region in REGIONS]
    path = write(
        *(f"{region},,{region},,,intensity,factor,1" for region in quoted),
        "NULL,,,,false,demand,factor,0",
    )
    rows = read_scenarios(path, KNOWN)
    assert [row.region_id for row in rows] == [*REGIONS, None]
    assert [row.scenario_id for row in rows] == [*REGIONS, "NULL"]
    assert rows[-1].category_id == "false"


def test_only_what_is_needed_in_any_order(write):
    path = write(
        "0.9,factor,x,intensity,false",
        header="value,kind,scenario_id,lever,includes_power_supply",
    )
    (row,) = read_scenarios(path, KNOWN)
    assert (row.scenario_id, row.factor, row.includes_power_supply) == ("x", 0.9, False)
    assert {name: getattr(row, name) for name in ALL} == ALL


def test_what_spreadsheets_do_is_understood(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = HEADER + '\r\n\r\n"a\nb","",,,,intensity,factor,5e-1\r\n'
    Path("mine.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (row,) = read_scenarios(Path("mine.csv"), KNOWN)
    assert (row.scenario_id, row.year, row.factor) == ("a\nb", None, 0.5)
    assert row.line == 3


def test_the_same_for_another_kind_lever_or_place_is_no_repetition(write):
    path = write(
        "a,,,,,intensity,factor,0.5",
        "a,,,,,intensity,benchmark,mean",
        "a,,,,,demand,factor,0.5",
        "a,2012,,,,demand,factor,0.5",
        "b,,,,,demand,factor,0.5",
        "a,,01,,,demand,factor,0.5",
        "a,,,,hh,demand,factor,0.5",
    )
    assert len(read_scenarios(path, KNOWN)) == 7


@pytest.mark.parametrize("word", ["-0", "0", "0.0"])
def test_zero_is_a_value(write, word):
    (row,) = read_scenarios(write(f"a,,,,,intensity,factor,{word}"), KNOWN)
    assert str(row.factor) == "0.0"


# What is refused

# a line | what the refusal names
LINES = """
a,2014,,,,intensity,factor,1 | `year` is '2014' | 2012, 2013
a,twelve,,,,intensity,factor,1 | `year` is 'twelve'
a,,001,,,intensity,factor,1 | `region_id` | '001' | '01', '1', '1e3', 'NA' | or nothing
a,,EXPORT,,,intensity,factor,1 | `region_id` | reserved
a,,,S07,,intensity,factor,1 | `sector_id` | 'S07' | did you mean 's07'?
a,,,Steel,,intensity,factor,1 | unknown id 'Steel' | that is the name of 's03'
a,,,Steal,,intensity,factor,1 | unknown id 'Steal' | did you mean 's03', 'Steel'?
a,,Twin,,,intensity,factor,1 | unknown id 'Twin' | that is the name of '01', '1'
a,,,coal,,intensity,factor,1 | 'coal' | which has 42
a,,,,HH,demand,factor,1 | `category_id` | 'HH' | 'hh', 'false'
a,,,,household,demand,factor,1 | unknown id 'household' | a group | per category: 'hh')
a,,,energy,,intensity,factor,1 | energy is a group | one row per sector: 's00', 's07')
a,,,,,supply,factor,1 | `lever` is 'supply' | intensity, demand
a,,,,,,factor,1 | `lever` is empty | intensity, demand
a,,,,,intensity,tax,1 | `kind` is 'tax' | factor, benchmark, scale_to_cap, cap
a,,,,,intensity,,1 | `kind` is empty | factor, benchmark, scale_to_cap, cap
a,,,,,demand,benchmark,mean | `kind` is 'benchmark' with lever demand | _cap or cap
a,,,,,intensity,scale_to_cap,2 | `kind` is 'scale_to_cap' with lever intensity
a,,,,,intensity,cap,2 | `kind` is 'cap' with lever intensity | factor or benchmark
a,,,s00,,demand,factor,1 | `sector_id` is 's00' with lever demand
a,,,,hh,intensity,factor,1 | `category_id` is 'hh' with lever intensity
a,,,,,intensity,factor, | `value` is empty | a number from 0 to 1000
a,,,,,intensity,benchmark, | `value` is empty | mean, median, p25
a,,,,,intensity,factor,half | `value` is 'half'
a,,,,,intensity,factor,"0,5" | `value` is '0,5' | a number from 0 to 1000
a,,,,,intensity,factor,NaN | `value` is 'NaN'
a,,,,,demand,factor,1e999 | `value` is '1e999'
a,,,,,demand,factor,-0.1 | `value` is '-0.1' | a number from 0 to 1000
a,,,,,demand,factor,1000.1 | `value` is '1000.1' | a number from 0 to 1000
a,,,,,demand,cap,-2 | `value` is '-2' | 0 or more
a,,,,,demand,cap,inf | `value` is 'inf'
a,,,,,intensity,benchmark,p10 | `value` is 'p10' | mean, median, p25
a,,,,,intensity,benchmark,0.5 | mean, median, p25
a,,,,,demand,cap,world | `value` is 'world' | tonnes per person | peer_mean, nat
,,,,,intensity,factor,1 | `scenario_id` is empty
a,,,,intensity,factor,1 | 7 fields, the header has 8
a,,,,,intensity,factor,0,5 | 9 fields, the header has 8
,,,,,,, | all fields are empty
""".strip().splitlines()


@pytest.mark.parametrize("case", LINES)
def test_a_bad_line_is_named(write, case):
    line, *fragments = case.split(" | ")
    message = refusal(write("good,,,,,intensity,factor,1", line))
    assert message.startswith("mine.csv: line 3: ")
    assert "\n" not in message
    for fragment in fragments:
        assert fragment in message


POWER = f"{HEADER},includes_power_supply"
UNMARKED = replace(KNOWN, power_supply=frozenset())
SELF = "`sector_id` is 's07', which is power supply: the row would change nothing"


@pytest.mark.parametrize(
    ("line", "vocabulary", "fragment"),
    [
        ("a,,,,,intensity,factor,1,no", KNOWN, "'no'; expected true or false"),
        ("a,,,,,demand,factor,1,false", KNOWN, "false with lever demand"),
        # else it would be cut without a word
        ("a,,,,,intensity,factor,1,false", UNMARKED, "false, but no sector of"),
        ("a,,,,,intensity,factor,1,false", UNMARKED, "(`is_power_supply` in its tab"),
        ("a,,,s07,,intensity,factor,0.5,false", KNOWN, f"false and {SELF}"),
        ("a,,,s07,,intensity,benchmark,mean,false", KNOWN, f"false and {SELF}"),
    ],
)
def test_power_supply_that_cannot_be_left_alone(write, line, vocabulary, fragment):
    message = refusal(write(line, header=POWER), vocabulary)
    assert message.startswith("mine.csv: line 2: `includes_power_supply` is ")
    assert fragment in message


def test_power_supply_that_can_be_left_alone(write):
    path = write(
        "a,,,s07,,intensity,factor,0.5,true",
        "b,,,s07,,intensity,factor,0.5,",
        "c,,,,,intensity,factor,0.5,false",
        "d,,,s08,,intensity,factor,0.5,false",
        header=POWER,
    )
    assert len(read_scenarios(path, KNOWN)) == 4
    path = write("a,,,,,intensity,factor,0.9,true", header=POWER)
    assert len(read_scenarios(path, UNMARKED)) == 1


def test_where_there_are_many_ids_a_warehouse_lists_them(write):
    built = replace(KNOWN, is_built=True)
    path = write(
        "a,,,coal,,intensity,factor,1",
        "a,,,S01,,intensity,factor,1",
        "a,,Alpha,,,intensity,factor,1",  # of 11, all are in the message
    )
    how = (
        'all sectors: carbonshed query odd "select sector_id, sector_name from '
        'sectors" --format csv'
    )
    *_, last = refusal(path, built).splitlines()
    assert last == f"  {how}"
    assert refusal(path, built).count("carbonshed query") == 1
    assert "carbonshed query" not in refusal(path)
    alone = write("a,,,coal,,intensity,factor,1")
    assert refusal(alone, built) == f"{refusal(alone)}\n  {how}"
    # what is wrong is no id
    assert "carbonshed query" not in refusal(write("a,,,,,supply,factor,1"), built)


def test_a_line_that_is_there_twice(write):
    message = refusal(
        write(
            "a,2012,01,,hh,demand,factor,0.5",
            "a,2012,1,,hh,demand,factor,0.5",
            "a,2012,01,,hh,demand,factor,0.6",
        )
    )
    assert "line 4: the same as line 2: scenario_id 'a', year 2012, region_id '01'" in (
        message
    )


def test_lines_are_counted_as_an_editor_does(write):
    message = refusal(write('"two\nlines",,,,,intensity,factor,1', "", "b,,,,,x,cap,1"))
    assert "mine.csv: line 5: `lever`" in message


def test_all_problems_are_told_at_once_and_the_rest_is_counted(write):
    message = refusal(write("a,2014,,,,supply,factor,-1", ",,,,,demand,factor,1"))
    first, *lines = message.splitlines()
    assert first == "mine.csv: 4 problems:"
    assert [line.split("`")[1] for line in lines] == [
        *("year", "lever", "value"),
        "scenario_id",
    ]
    message = refusal(write(*["a,,,,,intensity,factor,x"] * 25))
    first, *lines = message.splitlines()
    assert first == "mine.csv: 25 problems:"
    assert len(lines) == 11
    assert lines[-1] == "  and 15 more"


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("factor,20", "20; for a cut of 20 % write 0.8"),
        ("factor,2.5", "2.5; for a cut of 2.5 % write 0.975"),
        ("factor,1e2", "100; for a cut of 100 % write 0"),
        ("factor,120", "120; for 120 % of today write 1.2"),
        ("factor,2", None),
        ("cap,20", None),
    ],
)
def test_a_factor_that_may_be_a_percentage_is_remarked_on(write, setting, meant):
    path = write("a,,,,,intensity,factor,2", f"a,,,,,demand,{setting}")
    remarks = suspicious_factors(path, read_scenarios(path, KNOWN))
    factor = str(meant).partition(";")[0]
    expected = f"mine.csv line 3: factor {factor} multiplies by {meant}"
    assert remarks == ([] if meant is None else [expected])


def test_of_many_remarks_the_rest_is_counted(write):
    path = write(*(f"a,,,s{i:02},,intensity,factor,20" for i in range(12)))
    *first, last = suspicious_factors(path, read_scenarios(path, KNOWN))
    assert len(first) == 10
    assert last == "and 2 more"


def without(name):
    return ",".join(column for column in HEADER.split(",") if column != name)


@pytest.mark.parametrize(
    ("content", "fragments"),
    [
        (
            "scenario_id,levr,regions,kind,value\na,,\n",
            [
                *("'levr' is not known (did you mean 'lever'?)", "'regions' is not"),
                *("`lever` is missing", HEADER.replace(",", ", ")),
            ],
        ),
        *(
            (f"{without(name)}\na\n", [f"the column `{name}` is missing"])
            for name in ("scenario_id", "lever", "kind", "value")
        ),
        (f"{HEADER},year\na\n", ["the column `year` is there 2 times"]),
        (
            HEADER.replace(",", ";") + "\na\n",
            ["mine.csv: separated by ';': save it with commas"],
        ),
        (f"{HEADER}\n", ["no rows below the header"]),
        (f"{HEADER}\n" + "x\n" * 20_001, ["has more than 20,000 rows; expected at"]),
        *((text, ["the file is empty"]) for text in ("", "\n\n", "\ufeff")),
        (f'{HEADER}\nb,,,,,demand,cap,1\n"a,,,,,intensity,factor,1\n', ["line 3: "]),
        (f'{HEADER}\nb,,,,,demand,cap,1\n"a"b,,,,,,,\n', ["line 3: "]),
    ],
)
def test_a_file_of_another_form(write, content, fragments):
    path = write()
    path.write_text(content, "utf-8")
    message = refusal(path)
    for fragment in fragments:
        assert fragment in message


def test_no_file(write):
    path = write()
    path.unlink()
    assert "no such file" in refusal(path)
    path.mkdir()
    assert "is a folder; expected a file" in refusal(path)


def test_a_file_that_is_not_utf8(write):
    path = write("a,,01,,,intensity,factor,1")
    path.write_bytes(path.read_bytes() + "å,,,,,".encode("latin-1"))
    assert "mine.csv: line 3 is not UTF-8" in refusal(path)


# Any file at all

GOOD = (
    f"{HEADER},includes_power_supply\n"
    'mine,2012,01,s00,,intensity,factor,0.5,\n"x, y",,"a,b",,,intensity,benchmark,'
    'p25,false\nmine,2013,NA,,hh,demand,cap,peer_mean,true\nmine,,"q""q",,false,demand,'
    "factor,1e-3,\n"
).encode()

mutations = st.lists(
    st.tuples(
        st.integers(0, len(GOOD)),
        st.integers(0, 12),
        st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b",", b"\n", b"\0"])),
    ),
    max_size=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations)
@example([])
@example([(0, len(GOOD), b"")])
@example([(0, len(GOOD), b"\xff\xfe")])
def test_any_file_is_read_or_refused(tmp_path, changes):
    content = GOOD
    for start, length, piece in changes:
        content = content[:start] + piece + content[start + length :]
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    try:
        rows = read_scenarios(path, KNOWN)
    except CarbonshedError:
        assert changes, "the file that is changed is good"
        return
    assert rows
    for row in rows:
        settings_given = [getattr(row, name) is not None for name in NOTHING]
        assert sum(settings_given) == 1
        assert row.region_id is None or row.region_id in REGIONS


# With a dataset and the seeds of a project


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Work in a project with a dataset `tiny` and the seeds that a check reads."""
    (tmp_path / "dbt_project.yml").touch()
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "benchmarks.csv").write_text(
        "benchmark_id,kind\nbest,quantile\n"
    )
    (tmp_path / "seeds" / "caps.csv").write_text("cap_id,kind\nold_mean,comparator\n")
    (tmp_path / "seeds" / "impact_factors.csv").write_text("impact_id\nwarming\n")
    folder = TinyFolder(tmp_path / "tidy").write()
    monkeypatch.chdir(tmp_path)
    ingest_tidy(folder, "tiny")
    return tmp_path


def test_ids_years_and_names_are_those_of_the_project(project):
    path = project / "mine.csv"
    lines = [
        "a,2012,north,01,,intensity,benchmark,best",
        "a,2012,rest,,inv,demand,cap,old_mean",
    ]
    path.write_text("\n".join([HEADER, *lines]))
    first, second = load_scenarios("tiny", "mine.csv")
    assert (first.region_id, first.benchmark_id) == ("north", "best")
    assert (second.category_id, second.cap_id) == ("inv", "old_mean")
    path.write_text(HEADER + "\na,2013,East,7,,intensity,benchmark,p25\n")
    message = refusal_of(load_scenarios, "tiny", "mine.csv")
    for known in ("tiny: 2012", "'north', 'south', 'rest'", "'01', '1'", ": best"):
        assert known in message


def test_groups_power_supply_and_warehouse_are_those_of_the_project(project):
    known = load_vocabulary("tiny")
    assert known.groups == {
        "sectors": {"agriculture": ("01",), "energy": ("1",)},
        "final_demand_categories": {"household": ("hh",), "inventory": ("inv",)},
    }
    assert known.power_supply == {"1"}
    assert not known.is_built
    (project / "warehouse").mkdir()
    (project / "warehouse" / "tiny.duckdb").touch()
    assert load_vocabulary("tiny").is_built


def check(*arguments):
    return CliRunner().invoke(_commands, ["check", "scenarios", *arguments])


def test_check_says_what_is_there_without_a_build(project):
    path = project / "mine.csv"
    lines = ["b,,,,,demand,factor,0.9", "a,,,1,,intensity,factor,20"]
    path.write_text("\n".join([HEADER, *lines, "b,,,,,demand,cap,1"]))
    checked = check("mine.csv", "--dataset", "tiny")
    assert checked.exit_code == 0, checked.output
    assert checked.stdout == "mine.csv: 2 scenarios, 3 rows: 'b', 'a'\n"
    assert checked.stderr == (
        "mine.csv line 3: factor 20 multiplies by 20; for a cut of 20 % write 0.8\n"
        "whether caps can be reached is not checked: no footprints of tiny are "
        "published yet; a build checks it\n"
    )
    path.write_text("\n".join([HEADER, lines[0]]))
    checked = check("mine.csv", "--dataset", "tiny")
    assert checked.output == "mine.csv: 1 scenario, 1 row: 'b'\n"


def test_check_refuses_what_a_build_refuses(project):
    (project / "mine.csv").write_text(HEADER + "\na,,,,household,demand,factor,1\n")
    checked = check("mine.csv", "--dataset", "tiny")
    assert isinstance(checked.exception, CarbonshedError)
    assert "household is a group; one row per category: 'hh'" in str(checked.exception)
    assert refusal_of(preflight, "tiny", {"scenarios": "mine.csv"}) == str(
        checked.exception
    )


def test_a_stressor_with_the_id_of_an_impact_is_refused(project):
    seed = project / "seeds" / "impact_factors.csv"
    preflight("tiny", {})
    seed.write_text("impact_id\nwarming\nco2\n")
    with pytest.raises(CarbonshedError, match="stressor 'co2', which is also the id"):
        preflight("tiny", {})


def test_a_build_says_the_remarks(project):
    (project / "mine.csv").write_text(HEADER + "\na,,,,,demand,factor,20\n")
    *_, last = preflight("tiny", {"scenarios": "mine.csv"})
    assert last.strip() == (
        "mine.csv line 2: factor 20 multiplies by 20; for a cut of 20 % write 0.8"
    )


def test_what_a_query_prints_is_a_file_of_scenarios(project):
    """With columns of every type, empty ones too: see docs/design_a_pathway.md."""
    published = project / "warehouse" / "published"
    published.mkdir(parents=True)
    with duckdb.connect(published / "tiny.duckdb") as connection:
        connection.execute(published_as("tiny"))
        connection.execute("""
            create table marts.dataset as
                select 'SYNTHETIC: nothing is real.' as caveat_note;
            create table marts.regions as select 'north' as region_id;
        """)
    sql = """
        select
            'x, "y"' as scenario_id, 2012 as year, region_id, null as sector_id,
            null as category_id, 'demand' as lever, 'cap' as kind, 5 as value,
            null as includes_power_supply
        from regions
        union all
        select 'x', null, null, '01', null, 'intensity', 'factor', 0.25, false
    """
    answer = run_command("query", "tiny", sql, "--format", "csv")
    (project / "mine.csv").write_text(answer)
    first, second = load_scenarios("tiny", "mine.csv")
    place = {"year": 2012, "region_id": "north"}
    assert first == row_of(1, 'x, "y"', "demand", "cap", cap_tonnes=5, **place)
    about = {"sector_id": "01", "includes_power_supply": False}
    assert second == row_of(2, "x", "intensity", "factor", factor=0.25, **about)


@pytest.mark.parametrize("content", [None, "", "cap_id\n", "cap\nx\n"])
def test_a_seed_that_is_not_whole_is_named(project, content):
    seed = project / "seeds" / "caps.csv"
    seed.unlink() if content is None else seed.write_text(content)
    (project / "mine.csv").write_text(HEADER + "\na,,,,,demand,factor,1\n")
    with pytest.raises(CarbonshedError, match=r"seeds/caps.csv: the seed"):
        load_scenarios("tiny", "mine.csv")


def test_the_example_of_a_dataset_is_valid(project):
    printed = CliRunner().invoke(
        _commands, ["template", "scenarios", "new/mine.csv", "--dataset", "tiny"]
    )
    assert printed.exit_code == 0, printed.output
    assert "dbt build --vars '{dataset: tiny, scenarios: new/mine.csv}'" in (
        printed.output
    )
    assert "  carbonshed whatif new/mine.csv --dataset tiny\n" in printed.output
    rows = load_scenarios("tiny", "new/mine.csv")
    assert {(row.lever, row.kind) for row in rows} == {
        ("intensity", "factor"),
        ("intensity", "benchmark"),
        ("demand", "factor"),
        ("demand", "scale_to_cap"),
    }
    assert rows[0].sector_id == "1"  # power supply
    assert rows[-1].year == 2012
    assert (rows[-1].region_id, rows[-1].category_id) == ("north", "hh")
    before = (project / "new" / "mine.csv").read_bytes()
    refused = refusal_of(run_command, "template", "scenarios", "new/mine.csv")
    assert "is there already" in refused
    assert (project / "new" / "mine.csv").read_bytes() == before


def test_the_example_leaves_no_power_supply_alone_where_none_is_marked(project):
    folder = TinyFolder(project / "unmarked")
    for row in folder.tables["sectors"]:
        row["is_power_supply"] = False
    ingest_tidy(folder.write(), "unmarked")
    command = ["template", "scenarios", "mine.csv", "--dataset", "unmarked"]
    run_command(*command)
    rows = load_scenarios("unmarked", "mine.csv")
    assert {row.includes_power_supply for row in rows} == {True}


def test_what_is_no_longer_kept_is_named(project, capsys):
    kept = project / "data" / "tiny" / "scenarios.csv"
    path = project / "mine.csv"
    path.write_text(f"{HEADER}\na,,,,,demand,factor,1\nb,,,,,demand,factor,1\n")
    keep_scenarios("tiny", path)
    assert "no longer kept" not in capsys.readouterr().err
    # what was kept may be of an earlier dataset
    kept.write_text(f"{HEADER}\na,,Atlantis,,,demand,factor,1\nold b,,,,,x,,\n")
    keep_scenarios("tiny", path)
    said = "no longer kept, of the file that was data/tiny/scenarios.csv: 'old b'\n"
    assert said in capsys.readouterr().err
    assert kept.read_text() == path.read_text()


class WorldTable:
    """Answers like a session of a world table."""

    def __init__(self, *shipped):
        self.shipped = shipped

    def answer(self, table):
        return table

    published = answer

    def rows(self, sql):
        if "scenario_levers" in sql:
            return [{"scenario_id": each} for each in self.shipped]
        with (ROOT / "seeds" / "texts.csv").open(encoding="utf-8", newline="") as file:
            texts = {row["text_id"]: row["sentence"] for row in csv.DictReader(file)}
        return [{"note": texts["across_countries"]}]


def test_prices_are_named_where_a_benchmark_is_shown(write):
    rows = read_scenarios(write("a,,,,,demand,factor,0.5"), KNOWN)
    (note,) = across_countries(WorldTable("low", "medium"), rows)
    assert note.startswith("The regions are countries: ")
    assert note.endswith("a benchmark measures prices too: here those of low, medium.")
    # a benchmark of one's own; and a shipped one that is replaced
    rows = read_scenarios(write("low,,,,,intensity,benchmark,mean"), KNOWN)
    (note,) = across_countries(WorldTable("low"), rows)
    assert note.endswith(": here those of low.")
    rows = read_scenarios(write("low,,,,,demand,factor,0.5"), KNOWN)
    (note,) = across_countries(WorldTable("low"), rows)
    assert note == (
        "The regions are countries: levers are meant for regions of one country."
    )


def test_without_a_dataset_there_is_the_header(project):
    run_command("template", "scenarios", "mine.csv")
    header = f"{HEADER},includes_power_supply\n"
    assert (project / "mine.csv").read_text("utf-8") == header
    with pytest.raises(CarbonshedError, match="no rows below the header"):
        load_scenarios("tiny", "mine.csv")


def test_the_page_shows_what_is_said(write):
    """docs/design_a_pathway.md prints a refusal as it is."""
    page = (ROOT / "docs" / "design_a_pathway.md").read_text("utf-8")
    cities = tuple(f"Ekwonquia-{i:02}" for i in range(19))
    ids = {**KNOWN.ids, "regions": cities}
    path = write(
        "clean_industry,,,,,intensity,benchmark,p25",
        "a,,Ekwonqia-04,,,intensity,factor,0.9",
        'a,,,,,intensity,factor,"0,9"',
        "a,,,,,demand,factor,0.9",
        "clean_industry,,,,,intensity,benchmark,mean",
    )
    small = replace(KNOWN, dataset="small", ids=ids, is_built=True)
    said = refusal(path, small).replace("mine.csv", "my_scenarios.csv")
    assert f"```\n{said}\n```\n" in page
    path = write("a,,,,,demand,factor,0.9", "b,,,,,demand,factor,20")
    (said,) = suspicious_factors(Path("my_scenarios.csv"), read_scenarios(path, small))
    assert f"```\n{said}\n```\n" in page


class FewTotals(WorldTable):
    """Answers like a session of a table whose emissions come from few totals."""

    def rows(self, sql):
        assert "quota_summary" in sql
        notes = {"low": "few: mind", "mine": None, "high": "few: mind", "med": "off"}
        return [
            {"scenario_id": name, "producer_premise_note": note}
            for name, note in notes.items()
        ]


def test_what_benchmarks_compare_is_said_once_of_the_scenarios_that_have_any(write):
    rows = read_scenarios(write("mine,,,,,demand,factor,0.5"), KNOWN)
    assert [*producers(FewTotals(), rows)] == [
        "Few: mind. Here: low, high.",
        "Off. Here: med.",
    ]
