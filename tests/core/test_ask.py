"""Ready questions on the command line, by a publication of three regions by pencil."""

import csv
import json
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from support.commands import run_command, run_program
from support.refusals import refusal_of
from support.tiny_warehouse import published_as

from carbonshed.ask.text_table import as_text, laid_out

QUESTIONS = {
    "what_footprints_hold": (
        "What do footprints hold?",
        "Words.",
        """
        select
            'Nordland' as title,
            coalesce(cast(getvariable('year') as integer), 2014) as year,
            stressor_id, stressor_name, unit, 'EUR' as currency, caveat, caveat_note,
            region_id, region_name
        from marts.stressors cross join marts.regions cross join marts.dataset
        where
            stressor_id = coalesce(getvariable('stressor_id'), 'co2')
            and region_id = coalesce(getvariable('region_id'), 'AX')
        """,
        {},
    ),
    "by_region": (
        "Who emits?",
        "Each region has a row.",
        "select region_id, footprint, money, share, rank, year, is_own, note"
        " from marts.footprints"
        " where coalesce(getvariable('region_id'), region_id) = region_id"
        " and stressor_id = coalesce(getvariable('stressor_id'), 'co2')"
        " and year <= coalesce(cast(getvariable('year') as integer), year)"
        " order by footprint desc",
        {
            "footprint": "t",
            "money": "currency per person",
            "share": "share",
            "rank": "rank",
            "year": "year",
        },
    ),
    "over_time": (
        "What grew?",
        "Between two years.",
        "select cast(null as double) as growth,"
        " 'one year only: 2014' as not_answered"
        " where getvariable('stressor_id') is null",
        {"growth": "t"},
    ),
    "quotas": (
        "What do scenarios avoid?",
        "One row each.",
        "select scenario_id, quota from marts.quota_summary"
        " where stressor_id = coalesce(getvariable('stressor_id'), 'co2')",
        {"quota": "t"},
    ),
    "many_rows": (
        "How many are there?",
        "Count them.",
        "select range + 7000 as number from range(250) order by number",
        {},
    ),
    "beside_a_file": (
        "Does a file agree?",
        "It is read.",
        "select a from read_csv(getvariable('a_file'))",
        {"a": "t"},
    ),
}


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Publish it as the only dataset of a project."""
    (tmp_path / "dbt_project.yml").touch()
    path = tmp_path / "warehouse" / "published" / "north.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute(published_as("north"))
        connection.execute("""
            create table marts.dataset as select 'synthetic data' as caveat,
                'SYNTHETIC: invented regions, no result describes a real place.'
                as caveat_note;
            create table marts.stressors as
            from (values ('co2', 'Carbon dioxide', 't'), ('va', 'Value', 'currency'))
                as rows(stressor_id, stressor_name, unit);
            create table marts.regions as
            from (values ('AX', 'Åland'), ('HE', 'Helsinki'), ('T1', 'Twin'),
                ('T2', 'Twin')) as rows(region_id, region_name);
            create table marts.regional_accounts as
            select 2014 as year, 'AX' as region_id;
            create table marts.columns as
            select 'regional_accounts' as mart, 'year' as "column", 'year' as unit,
                'The year.' as description,
                'One row per year and region.' as mart_description;
            create table marts.account_extents as
            from (values
                (2014, 'co2', 'domestic', 'imports'), (2014, 'va', 'global', ''))
                as rows(year, stressor_id, scope, footprints_leave_out);
            create table marts.findings as
            select 2014 as year, 'co2' as stressor_id, 1 as finding_position,
                'Åland leads' as headline, 'Åland leads by 3 Mt.' as finding,
                'holds within a range' as grade
            union all
            select 2014, 'co2', 2, 'Helsinki follows', 'Helsinki follows.',
                'one source';
            create table marts.quota_summary as
            from (values
                (2014, 'co2', 'high', 5e6, 'the regions are countries. Prices differ',
                    'benchmarks compare few totals'),
                (2014, 'va', 'high', 6e6, null, null))
                as rows(year, stressor_id, scenario_id, quota, across_countries_note,
                    producer_premise_note);
            create table marts.footprints as
            select *, 2014 as year, stressor from (values
                ('AX', 'co2', 1234567.0, 31234.5, 4.1149e-1, 1, true, 'x|y'),
                ('HE', 'co2', 98765.4321, null, 1e-4, 12000, false, null),
                ('AX', 'va', 2e9, 1.0, 1.0, 1, true, ''))
                as rows(region_id, stressor_id, footprint, money, share, rank, is_own,
                    note)
            cross join (select 1 as stressor);
            create table marts.questions (
                question_id varchar, question varchar, reading varchar,
                chosen_by varchar, needs varchar, answer_columns varchar,
                compiled_sql varchar
            )
        """)
        for name, (question, reading, sql, units) in QUESTIONS.items():
            used = [
                each
                for each in ("a_file", "region_id", "stressor_id", "year")
                if f"getvariable('{each}')" in sql
            ]
            columns = [{"column_name": key, "unit": units[key]} for key in units]
            needs = "a_file=FILE, a file" if "a_file" in used else None
            row = (name, question, reading, ", ".join(used), needs)
            connection.execute(
                "insert into marts.questions values (?, ?, ?, ?, ?, ?, ?)",
                [*row, json.dumps(columns), sql],
            )
    monkeypatch.chdir(tmp_path)
    return path


def ask(*words: str) -> str:
    """Return what `carbonshed ask` prints."""
    return run_command("ask", *words)


def refusal(*words: str) -> str:
    return refusal_of(run_command, "ask", *words)


@pytest.mark.usefixtures("published")
def test_the_list_says_what_stands_out_and_which_need_a_region():
    lines = ask().splitlines()
    assert lines[:4] == [
        "Nordland; 2014; Carbon dioxide",
        "SYNTHETIC: invented regions, no result describes a real place.",
        "- Åland leads (holds within a range)",
        "- Helsinki follows",
    ]
    assert "- Åland leads" not in ask("--stressor", "value")
    of_a_region = lines.index("About one region: --region NAME")
    assert lines.index("  by_region             Who emits?") > of_a_region
    assert lines.index("  over_time             What grew?") < of_a_region
    assert "Needs --set a_file=FILE, a file." in "\n".join(lines)


@pytest.mark.usefixtures("published")
def test_an_answer_has_three_digits_and_units_in_its_heads():
    assert ask("by_region").splitlines() == [
        "Who emits?",
        "Nordland; 2014; Carbon dioxide; Åland",
        "SYNTHETIC: invented regions, no result describes a real place.",
        "",
        "region_id  footprint           money  share    rank  year  is_own  note",
        "                  kt  EUR per person      %",
        "---------  ---------  --------------  -----  ------  ----  ------  ----",
        "AX             1,235          31,234   41.1       1  2014  true    x|y",
        "HE              98.8               -   <0.1  12,000  2014  false   -",
        "",
        "Each region has a row.",
        "Scope, 2014: domestic; footprints leave out imports.",
    ]


@pytest.mark.usefixtures("published")
def test_scenarios_of_countries_are_refused_above_their_figures():
    """The reason is that of the stressor, and above no other question."""
    refused = "The regions are countries. Prices differ."
    minded = "Benchmarks compare few totals."
    above, below = ask("quotas").split("scenario_id")
    assert above.splitlines()[-3:-1] == [refused, minded]
    assert "5.00" in below
    assert refused not in below
    assert refused not in ask("quotas", "--stressor", "value")
    assert refused not in ask("by_region")


@pytest.mark.usefixtures("published")
def test_files_have_every_digit_and_read_back():
    (first, _) = csv.DictReader(StringIO(ask("by_region", "--format", "csv")))
    assert first["footprint"] == "1234567.0"
    assert first["is_own"] == "true"
    assert first["caveat"] == "synthetic data"
    (_, second) = json.loads(ask("by_region", "--format", "json"))
    assert second["footprint"] == 98765.4321
    assert second["is_own"] is False
    markdown = ask("by_region", "--format", "markdown")
    assert "SYNTHETIC" in markdown
    assert "| region_id | footprint (t) | money (EUR per person) |" in markdown
    assert "| HE | 98765.4321 |  | 0.0001 | 12000 | 2014 | false |  |" in markdown
    assert "x\\|y" in markdown


@pytest.mark.usefixtures("published")
def test_a_workbook_has_numbers_and_says_what_they_are():
    openpyxl = pytest.importorskip("openpyxl")
    assert "name it with -o" in refusal("by_region", "--format", "xlsx")
    ask("by_region", "-o", "answer.xlsx")
    book = openpyxl.load_workbook("answer.xlsx")
    heads, _, second = book["answer"].iter_rows(values_only=True)
    assert heads[:2] == ("region_id", "footprint")
    assert second[:3] == ("HE", 98765.4321, None)
    about = dict(book["about"].iter_rows(values_only=True))
    assert about["unit of footprint"] == "t"
    assert about["caveat"].startswith("SYNTHETIC")


@pytest.mark.usefixtures("published")
def test_the_head_names_no_region_that_the_answer_is_not_about():
    head = ask("what_footprints_hold", "--region", "AX").splitlines()[1]
    assert head == "Nordland; 2014; Carbon dioxide"
    assert ask("by_region", "--region", "AX").splitlines()[1].endswith("; Åland")


@pytest.mark.usefixtures("published")
def test_a_screen_shows_the_first_rows_and_says_how_to_get_all(monkeypatch):
    assert "7,249" in ask("many_rows")  # a file, or another program
    monkeypatch.setattr("carbonshed.cli.output.terminal_width", lambda: 80)
    shown = ask("many_rows")
    assert "7,099" in shown
    assert "7,100" not in shown
    assert "Shown: 100 of 250 rows. All: --limit 250, or --format csv." in shown
    assert "7,249" in ask("many_rows", "--limit", "250")
    assert "7249" in ask("many_rows", "--format", "csv")


@pytest.mark.usefixtures("published")
def test_a_limit_may_be_beyond_all_numbers_of_rows():
    assert ask("by_region", "--limit", "9" * 20) != ""


@pytest.mark.parametrize("region", ["AX", "ax", "Åland", " aland", "ALAND"])
@pytest.mark.usefixtures("published")
def test_a_region_by_id_or_name_without_case_and_accents(region):
    rows = list(
        csv.DictReader(StringIO(ask("by_region", "--region", region, "-f", "csv")))
    )
    assert [row["region_id"] for row in rows] == ["AX"]


@pytest.mark.usefixtures("published")
def test_money_is_no_mass():
    text = ask("by_region", "--stressor", "value")
    assert "billion EUR" in text
    assert "Scope, 2014: global; footprints leave nothing out." in text


@pytest.mark.usefixtures("published")
def test_what_cannot_be_answered_is_no_table():
    text = ask("over_time")
    assert "one year only: 2014\n" in text
    assert "growth" not in text
    assert "There is no such row here." in ask("over_time", "--stressor", "va")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["by_regoin"], "(did you mean 'by_region'?); there are: beside_a_file, by_re"),
        (["by_region", "-d", "nobody"], "published here: north"),
        (["by_region", "--region", "helsinky"], "no region 'helsinky'; near: HE (Hel"),
        (["by_region", "--region", "twin"], "name of 2 of the regions; say which by"),
        (["by_region", "--year", "1999"], "no year '1999'; there are: 2014"),
        (["by_region", "--stressor", "sf6"], "there are: co2 (Carbon dioxide), va (V"),
        (["over_time", "--region", "AX"], "no option --region; it takes --stressor"),
        (["by_region", "--set", "year=1"], "options of their own"),
        (
            ["by_region", "--set", "a=1"],
            "has no option --set a; it takes --region, --stress",
        ),
        (["beside_a_file"], "beside_a_file needs --set a_file=FILE, a file"),
        (["beside_a_file", "--set", "a_file=none.csv"], "none.csv"),
        (["by_region", "-o", "no/such/folder.csv"], "no/such/folder.csv: cannot be"),
        (["by_region", "--format", "pdf"], "expected one of: table, csv, json"),
    ],
)
@pytest.mark.usefixtures("published")
def test_refusals_list_what_there_is(words, message):
    assert message in refusal(*words)


def test_an_older_publication_says_so(published):
    with duckdb.connect(published) as connection:
        connection.execute("drop table marts.questions")
    assert "build it again" in refusal("by_region")


@pytest.mark.usefixtures("published")
def test_the_columns_of_one_table():
    for words in (["north", "regional_accounts"], ["regional_accounts"]):
        lines = run_command("show", *words).splitlines()
        assert lines[0] == "regional_accounts: One row per year and region."
        assert lines[4].split() == ["year", "integer", "year", "The", "year."]
    refused = refusal_of(run_command, "show", "north", "accounts")
    assert (
        "there are: account_extents, columns, dataset, findings, footprints," in refused
    )


@pytest.mark.usefixtures("published")
def test_a_question_that_needs_another_build_says_which():
    refused = refusal("capital_behind_footprints")
    assert "build with analyses: true, capital: true" in refused
    assert "no ready question is called 'by_regoin'" in refusal("by_regoin")


def test_only_the_answer_is_imported(published):
    """Neither dbt nor the libraries of arrays and frames: a fraction of a second."""
    script = (
        "import sys; from carbonshed.cli import app\n"
        "try: app()\nexcept SystemExit: pass\n"
        "heavy = {'dbt', 'numpy', 'pandas', 'pyarrow', 'scipy'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = run_program("ask", "by_region", code=script, cwd=published.parent)
    assert "1,235" in done.stdout
    assert done.stderr.strip() == ""


def test_a_narrow_screen_breaks_heads_then_texts_then_stacks():
    columns = laid_out(
        {
            "region_name": ["北京市 of many words", "Rio"],
            "emissions_per_value_added": [1500.0, 2.0],
        },
        {"emissions_per_value_added": "t per currency"},
        "USD",
    )
    assert as_text(columns, 36).splitlines() == [
        "region_name           emissions_per_",
        "                         value_added",
        "                           t per USD",
        "--------------------  --------------",
        "北京市 of many words           1,500",
        "Rio                             2.00",
    ]
    assert as_text(columns, 25).splitlines()[4:] == [
        "-------------  ----------",
        "北京市 of           1,500",
        "many words",
        "Rio                  2.00",
    ]
    assert as_text(columns, 20).splitlines()[0].startswith("region_name  ")
    assert "emissions_per_value_added  1,500 t per" in as_text(columns, 20)


def test_heads_are_no_deeper_than_the_screen_asks_for():
    names = ("region", "footprint_before", "footprint_after", "emissions_per_person")
    values = {name: [1.0, 2.0] for name in names[1:]}
    columns = laid_out({"region": ["Oslo", "Rio"], **values}, {names[1]: "t"})
    # one line needs 6 + 16 + 15 + 20 and gaps; of two, the unit is one
    lines = as_text(columns, 62).splitlines()
    assert lines[0] == "region  footprint_before  footprint_  emissions_"
    assert lines[1] == "                       t       after  per_person"
    assert lines[2].startswith("------")
    assert as_text(columns, 63).splitlines()[0].endswith("  emissions_per_person")


def test_what_fits_in_no_width_stands_in_tables_one_below_the_other():
    values = {
        "rank": [1, 2, 3, 4],
        "region": ["Oslo", "Rio", "Lima", "Bonn"],
        **{f"number_{place}_of_many": [place] * 4 for place in range(9)},
        "why": ["a text of many words"] * 4,
    }
    columns = laid_out(values)
    for width in (60, 100, 120):
        tables = as_text(columns, width).split("\n\n")
        assert all(len(line) <= width for table in tables for line in table.split("\n"))
        heads = [table.partition("---")[0].split("\n") for table in tables]
        assert all(head[0].startswith("rank  region") for head in heads)
        assert all(len(head) <= 4 for head in heads)  # the last is empty
        for table in tables:
            rows = table.split("\n")[-4:]
            assert [row.split()[:2] for row in rows] == [
                [str(rank), region]
                for rank, region in zip(values["rank"], values["region"], strict=True)
            ]
        # nothing is lost
        text = as_text(columns, width)
        for place in range(9):
            assert text.count(f" {place}") >= 4
        assert text.count("a text of many words") == 4
    # of few rows, each is a block of lines
    few = laid_out({name: column[:3] for name, column in values.items()})
    assert as_text(few, 60).count("number_8_of_many") == 3
