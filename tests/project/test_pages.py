"""The pages that one can follow are followed: every command of them is run."""

import csv
import json
import re
import shlex
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from support.compare import asked
from support.python_examples import commands

from benchmarks.same_questions import QUESTIONS, answers_of_publication
from carbonshed.errors import CarbonshedError
from tools.docs.examples import CHECKED, refresh

pytestmark = pytest.mark.slow

DOCS = Path(__file__).resolve().parents[2] / "docs"
TOWNS = "docs/examples/two_towns"
PYTHON_EXAMPLES = DOCS.parent / "tests" / "support" / "python_examples.py"

PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEPS = ("carbonshed", "dbt")
# what a page may use and the project need not have installed
OPTIONAL = {"polars"}


@pytest.fixture(scope="module")
def run(project):
    """Return a function that runs ``carbonshed`` where the pages are followed."""
    target = project.root / "docs" / "examples"
    shutil.copytree(DOCS / "examples", target, dirs_exist_ok=True)

    def carbonshed(arguments):
        errors = project.root / "errors.txt"
        done = project.run("carbonshed", *arguments, errors=errors)
        said = errors.read_text("utf-8")
        errors.unlink()
        if done.code:
            raise CarbonshedError(said)
        return done.text  # a page shows the answer, not what is said beside it

    return carbonshed


def steps(page: str) -> list[tuple[str, str]]:
    """Return the commands, with what the page shows, that lead to the examples."""
    return [
        (command, shown)
        for command, shown in commands(page)
        if command.startswith(STEPS) and command.split()[1] not in CHECKED
    ]


def follow(page: Path, project, run, *selection: str, **also: object) -> None:
    """Run the steps of a page in order, then compare its examples.

    A build goes without data tests, of a selection alone or with more vars.
    """
    text = page.read_text("utf-8")
    taken = steps(text)
    assert {"carbonshed", "dbt"} == {command.split()[0] for command, _ in taken}
    for command, shown in taken:
        if command.startswith("dbt"):
            build(command, project, *selection, **also)
            continue
        result = project.run(*words(command)).must_pass()
        assert re.fullmatch(as_pattern(shown), result.text.strip(), re.DOTALL)
    assert refresh(text, run) == text


def as_pattern(shown: str) -> str:
    """Return a pattern of an output; a line of dots stands for lines left out."""
    return r"\n(?:.*\n)?".join(map(re.escape, shown.strip().split("\n...\n")))


def build(command: str, project, *selection: str, **also: object) -> Path:
    """Run a build of a page without data tests, publish it; return its warehouse."""
    dbt, verb, *arguments = words(command)
    assert (dbt, verb) == ("dbt", "build")
    at = arguments.index("--vars")
    chosen = yaml.safe_load(arguments[at + 1]) | also
    selection += (*arguments[:at], *arguments[at + 2 :])
    return project.publish_part(chosen.pop("dataset"), *selection, **chosen)


def words(command: str) -> list[str]:
    return shlex.split(command)


def test_reading_what_is_published(three_cities, project):
    """Every block of Python on the page, in order and in one process."""
    text = (DOCS / "published.md").read_text("utf-8")
    blocks = [
        block.replace("usa_states", "three_cities") for block in PYTHON.findall(text)
    ]
    assert len(blocks) == 6
    script = (
        f"names = {{}}\nfor block in {blocks!r}:\n"
        "    try:\n        exec(block, names)\n"
        "    except ModuleNotFoundError as missing:\n"
        f"        assert missing.name in {OPTIONAL!r}, missing\n"
        "print(len(names['rankings']), len(names['ships']))"
    )
    result = project.run("python", "-c", script).must_pass()
    # three cities, each of which ships to the two others
    assert result.text.splitlines()[-1] == "3 6", result
    assert "per person]" in result.text, result
    assert (project.root / "regional_accounts.xlsx").is_file()


def test_models_of_your_own_read_what_is_published(three_cities, project, tmp_path):
    """The example of the page builds on a published file, in a project of its own."""
    own = type(project)(tmp_path / "own", ())
    shutil.copytree(DOCS / "examples" / "own_models", own.root)
    published = project.root / "warehouse" / "published" / f"{three_cities.stem}.duckdb"
    own.environment["CARBONSHED_PUBLISHED"] = str(published)
    own.run("dbt", "build").must_pass()
    with duckdb.connect(own.root / "own_models.duckdb", read_only=True) as connection:
        ratios = connection.sql(
            "select region_id, grams_per_currency_unit from footprint_per_gdp"
        ).fetchall()
    expected = asked(
        published,
        "select region_id, consumption_footprint * 1e6 / gdp"
        " from marts.regional_accounts where stressor_id = 'co2'",
    )
    assert len(ratios) == 3
    assert dict(ratios) == pytest.approx(dict(expected))


def test_tables_join_on_the_keys_that_the_page_names(three_cities, project):
    """Ids are found once where the page joins them; abroad is no region."""
    text = (DOCS / "bi.md").read_text("utf-8")
    joins = re.findall(r"^\| `(\w+)` \| `(\w+)\.(\w+)` \| (`.+`) \|$", text, re.M)
    rows = [
        (mart, column, table, key)
        for column, table, key, marts in joins
        for mart in re.findall(r"\w+", marts)
    ]
    assert len(rows) == 30
    published = project.root / "warehouse" / "published" / f"{three_cities.stem}.duckdb"
    with duckdb.connect(published, read_only=True) as connection:
        connection.execute("set search_path = 'marts'")
        for mart, column, table, key in rows:
            sums = connection.sql(
                f"select count(*), count(names.{key}),"
                f" count(*) filter (where {mart}.{column} = 'EXPORT')"
                f" from {mart} left join {table} as names"
                f" on {mart}.{column} = names.{key}"
            ).fetchone()
            (rows_of_mart,) = connection.sql(f"select count(*) from {mart}").fetchone()
            joined, named, abroad = sums
            assert joined == rows_of_mart > 0, mart  # nothing is repeated
            assert named == joined - abroad, mart  # and nothing is lost


def test_questions_that_other_programs_are_asked(three_cities):
    """Their SQL is on the page and answers; but extraction, which a var asks for."""
    text = (DOCS / "compare.md").read_text("utf-8")
    with duckdb.connect(three_cities, read_only=True) as connection:
        connection.execute("set search_path = 'marts'")
        for name, question in QUESTIONS.items():
            assert f"`{question.sql}`" in text, name
            if name != "extraction":
                assert answers_of_publication(connection, name), name


def test_workbooks_are_written_as_the_page_says(three_cities, project):
    text = (DOCS / "bi.md").read_text("utf-8").replace("usa_states", three_cities.stem)
    blocks = re.findall(r"^```\n(carbonshed .+?)^```", text, re.M | re.S)
    written = re.split(r"\n(?=carbonshed )", "\n".join(blocks).replace("\\\n", ""))
    assert len(written) == 3
    for command in written:
        project.run(*shlex.split(command)).must_pass()
        assert (project.root / shlex.split(command)[-1]).stat().st_size > 4000


def test_the_notebook(three_cities, project):
    """Its cells run on any dataset, and say what the ready question says."""
    (notebook,) = (DOCS / "examples" / "notebook").glob("*.ipynb")
    text = notebook.read_text("utf-8")
    assert not any(cell.get("outputs") for cell in json.loads(text)["cells"])
    copy = project.root / notebook.name
    copy.write_text(text.replace("usa_states", three_cities.stem), "utf-8")
    result = project.run("python", str(PYTHON_EXAMPLES), str(copy)).must_pass()
    question = ("ask", "who_ships_carbon_to_whom", "--dataset", three_cities.stem)
    answer = project.run("carbonshed", *question, "--format", "csv")
    lines = answer.text[answer.text.index("emitter") :].splitlines()
    rows = list(csv.DictReader(lines))
    assert len(rows) == 3  # pairs of three cities
    for row in rows:
        shown = re.search(
            rf"{row['emitter']} +{row['consumer']}(( +[\d.]+){{2}})$", result.text, re.M
        )
        expected = [float(row[flow]) / 1e6 for flow in ("net_flow", "gross_flow")]
        assert [float(word) for word in shown[1].split()] == pytest.approx(
            expected, abs=0.051
        )


def test_bring_your_own_table(project, run):
    # with what test_two_towns_by_pencil reads
    read = ("+path:models/marts/dimensions", "+regional_accounts", "+multipliers")
    follow(DOCS / "bring_your_own_table.md", project, run, "--select", *read)


def test_who_pays(project, run):
    """Millfield by pencil: 40 million of goods at 0.1 + 0.2 kt per million."""
    read = (
        "+border_exposure_by_region",
        "+regional_accounts",
        "+account_extents",
        "+questions",
    )
    read += ("+carbon_price_summary",)
    page = DOCS / "who_pays.md"
    follow(page, project, run, "--select", *read, "+path:models/marts/dimensions")
    for path in ("two_towns/border_charges.csv", "prices/levy.csv"):
        file = (DOCS / "examples" / path).read_text("utf-8")
        assert f"```\n{file}```\n" in page.read_text("utf-8")
    ((emissions, charge),) = asked(
        project.warehouse("two_towns"),
        "select charged_emissions, charge from marts.border_exposure"
        " where year = 2020 and scope_id = 'direct_and_electricity'",
    )
    assert emissions == pytest.approx(40 * (10 + 20) / 100 * 1e3, rel=1e-9)
    assert charge == pytest.approx(emissions * 40, rel=1e-9)


def test_questions_on_request(project, run):
    """The other questions of the page are about the states, of a build of minutes."""
    page = (DOCS / "questions.md").read_text("utf-8")
    _, mark, rest = page.partition("## Questions on request\n")
    text = mark + rest.partition("\n## ")[0] + "\n"
    (command,) = re.findall(r"^dbt .+$", text, re.MULTILINE)
    ingest = f"carbonshed ingest tidy {TOWNS} --name towns_with_capital"
    assert f"```\n{ingest}\n{command}\n```\n" in text
    project.run(*words(ingest)).must_pass()
    read = (
        "+value_added_in_exports",
        "+capital_footprints",
        "+account_extents",
        "+questions",
    )
    read += ("+three_scopes",)
    warehouse = build(
        command, project, "--select", *read, "+path:models/marts/dimensions"
    )
    assert refresh(text, run) == text
    # Harbour by pencil, in 2020; docs/methods.md has the second
    sql = "select {} from marts.{} where year = 2020 and region_id = 'H'"
    columns = "gross_exports, domestic_value_added, reflected, domestic_double_counted"
    (row,) = asked(warehouse, sql.format(columns, "value_added_in_exports"))
    expected = (40e6, 20e6, 20e6 - 0.5 * 36e6 / 0.99, 20e6 / 99)
    assert row == pytest.approx(expected, rel=1e-9)
    # docs/three_scopes.md has this one
    columns = "scope_1, scope_2, scope_3, for_own_final_demand, passing_through"
    (row,) = asked(warehouse, sql.format(columns, "three_scopes"))
    assert row == pytest.approx((19e3, 72e3, 12e3, 72e3, 12e3), rel=1e-9)
    column = "household_footprint_with_capital"
    ((footprint,),) = asked(warehouse, sql.format(column, "capital_footprints"))
    used, k = 0.05 * 132 / 0.99, 0.38 / 0.94
    before = 12 + 20 * 0.335 / 0.99 + 130 * 0.38 / 0.99 + 9
    assert footprint == pytest.approx((before + k * used) * 1e3, rel=1e-9)


def test_design_a_pathway(project, run):
    page = DOCS / "design_a_pathway.md"
    follow(page, project, run)
    text = page.read_text("utf-8")
    file = (DOCS / "examples" / "pathways" / "scenarios.csv").read_text("utf-8")
    assert f"```csv\n{file}```\n" in text
    # what the page writes from SQL is taken as it is
    (written,) = re.findall(r"--format csv\n(scenario_id,.+?)^```$", text, PYTHON.flags)
    (project.root / "rich.csv").write_text(written, "utf-8")
    said = run(("check", "scenarios", "rich.csv", "--dataset", "small"))
    assert said.startswith("rich.csv: 1 scenario, ")


def test_two_towns_by_pencil(project, run):
    """The page of methods works the example out by hand."""
    text = (DOCS / "methods.md").read_text("utf-8")
    assert refresh(text, run) == text


def test_three_cities_by_pencil(three_cities, run):
    """The policy tables, worked out by hand; see test_three_cities.py."""
    text = (DOCS / "three_cities.md").read_text("utf-8")
    assert refresh(text, run) == text
