"""The command line: what it prints, and the exit codes that scripts rely on."""

import csv
import json
import os
import sys

import pytest
from support.commands import run_program
from support.tiny_folder import TinyFolder, contents

from carbonshed import __version__
from carbonshed.cli import app
from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.errors import CarbonshedError
from carbonshed.readers.templates import write_tidy_template
from carbonshed.readers.tidy import ingest_tidy


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Work in a project of its own."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch, capfd):
    """Return a function that runs a command: exit code, output, errors."""

    def run_command(*arguments):
        monkeypatch.setattr(sys, "argv", ["carbonshed", *map(str, arguments)])
        monkeypatch.setattr("signal.signal", lambda *_: None)
        with pytest.raises(SystemExit) as end:
            app()
        captured = capfd.readouterr()
        code = end.value.code
        if isinstance(code, str):  # what Python prints for sys.exit(text)
            return 1, captured.out, captured.err + code
        return code or 0, captured.out, captured.err

    return run_command


def test_version(run):
    assert run("--version") == (0, f"carbonshed {__version__}\n", "")


def test_ingest_says_what_is_there_and_what_comes_next(run, project):
    folder = TinyFolder(project / "tidy")
    folder.columns["output"].append("remark")
    code, output, errors = run("ingest", "tidy", folder.write(), "--name", "tiny")
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    assert lines[0].startswith("dataset 'tiny': 3 regions x 2 sectors, years 2012")
    assert ["transactions", "4"] in [line.split() for line in lines]
    assert ["direct_emissions", "1"] in [line.split() for line in lines]
    assert "note: not used: columns 'remark' of output.csv" in lines
    assert "  carbonshed audit tiny" in lines
    assert "  dbt build --vars 'dataset: tiny'" in lines


def test_formats_are_listed_and_explained(run):
    code, output, _ = run("formats")
    assert code == 0
    assert "tidy  " in output
    code, output, _ = run("formats", "tidy")
    assert code == 0
    assert "carbonshed ingest tidy SOURCE --name NAME" in output


def test_a_refusal_is_one_message_and_exit_code_1(run, project):
    folder = TinyFolder(project / "tidy")
    folder.set("emissions", 0, value="n/a")
    code, output, errors = run("ingest", "tidy", folder.write(), "--name", "tiny")
    assert (code, output) == (1, "")
    assert errors.startswith("error: emissions.csv: data row 1: `value` is 'n/a'")
    assert len(errors.splitlines()) == 1
    assert not (project / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["ingest", "spreadsheet", "x", "--name", "a"], "formats: tidy"),
        (["ingest", "tidy", "nowhere", "--name", "a"], "no such folder"),
        (["ingest", "tidy", "x", "--name", "a", "--year", "1"], "not take --year"),
        (["formats", "spreadsheet"], "formats: tidy"),
        (["ingest", "tidy", "x", "--name", "synthetic"], "synthesize"),
        (["synthesize", "--name", "usa_states"], "reserved"),
        (["aggregate", "a", "--name", "synthetic"], "reserved"),
        (["compile", "x", "--parent", "a", "--name", "synthetic"], "reserved"),
        (["ingest", "tidy", "x", "--name", "Main"], "'Main'"),
        (["ingest", "tidy", "x", "--name", "null"], "'null'"),
        (["ingest", "tidy", "x"], "--name"),
        (["ingest", "tidy"], "SOURCE"),
        (["audit", "nowhere"], "there is no dataset 'nowhere'"),
        (["audit", "--dataset", "nowhere"], "there is no dataset 'nowhere'"),
        (["report", "-d", "nowhere"], "there is no dataset 'nowhere'"),
        (["build", "-d", "nowhere", "--", "-d"], "there is no dataset 'nowhere'"),
        (["audit", "--dataset"], "No such option: --dataset"),
        (
            ["build", "one", "--vars", "dataset: two"],
            "datasets are named twice: one, but two",
        ),
        (["audit", "../up"], "not allowed"),
        (["audit", "tiny", "--scheduler", "foo://1"], "address of a Dask scheduler"),
        (["audit", "tiny", "--shared", "s3://a/b"], "workers of a --scheduler"),
        (["template", "sheet", "x"], "No such command 'sheet'"),
        (["template", "tidy", "x", "--dataset", "a"], "No such option: --dataset"),
        (["template", "compile", "x"], "Missing option '--parent'"),
        (["template", "scenarios", "x.csv", "--dataset", "a"], "no dataset 'a'"),
        (["check", "indicators", "x", "--dataset", "a"], "No such command"),
        (["check", "scenarios", "x"], "--dataset"),
        (["check", "scenarios", "x.csv", "--dataset", "a"], "no dataset 'a'"),
        (["frobnicate"], "frobnicate"),
        (["list", "--frobnicate"], "frobnicate"),
    ],
)
def test_every_refusal_exits_1(run, arguments, fragment):
    code, _, errors = run(*arguments)
    assert code == 1
    assert fragment in errors


def test_the_program_itself_exits_1(project):
    """Through a process, as a script sees it."""
    done = run_program("ingest", "tidy", "nowhere", "--name", "a")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: nowhere: no such folder\n"


def test_ctrl_c_while_modules_are_imported_is_no_traceback(tmp_path):
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")
    paths = os.pathsep.join([str(tmp_path), *sys.path])
    done = run_program("list", PYTHONPATH=paths)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_help_does_not_load_the_heavy_libraries():
    code = (
        "import sys; import carbonshed.cli;"
        "print([m for m in ('numpy', 'pyarrow', 'duckdb', 'scipy', 'pandas', 'dbt')"
        " if m in sys.modules])"
    )
    done = run_program(code=code)
    assert done.stdout == "[]\n"


def test_a_label_that_the_terminal_cannot_show(project):
    folder = TinyFolder(project / "tidy")
    folder.set("emissions", 0, region_id="åbo")
    words = ("ingest", "tidy", folder.write(), "--name", "a")
    done = run_program(*words, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "\\xe5bo" in done.stderr
    assert "Traceback" not in done.stderr


def test_list_shows_every_dataset_and_its_audit(run, project):
    code, output, _ = run("list")
    assert code == 0
    assert "no dataset in" in output
    folder = TinyFolder(project / "tidy")
    folder.descriptor["title"] = "A [bold]title[/bold] in brackets"
    ingest_tidy(folder.write(), "one")
    ingest_tidy(folder.path, "two")
    assert run("audit", "one")[0] == 0
    code, output, errors = run("list")
    assert (code, errors) == (0, "")
    one, two = output.splitlines()[1:]
    assert one.split()[0] == "one"
    assert "A [bold]title[/bold] in brackets" in one
    assert "2012" in one
    assert "PASS" in one
    assert "WARNING" in one
    assert two.split()[0] == "two"
    assert "not audited" in two
    (project / "data" / "two" / "output.parquet").unlink()
    code, output, errors = run("list")
    assert code == 0
    assert "two" not in output
    assert "data/two: not a complete dataset; ingest it again" in errors


def test_audit_prints_every_check_and_the_notes(run, project):
    folder = TinyFolder(project / "tidy").write()
    (folder / "remarks.txt").touch()
    ingest_tidy(folder, "tiny")
    code, output, _ = run("audit", "tiny")
    assert code == 0
    assert output.startswith("audit of tiny: ")
    assert "PASS    spectral_radius_below_one 2012" in output
    assert "note    not used: files remarks.txt" in output


def test_audit_for_machines(run, project):
    folder = TinyFolder(project / "tidy")
    ingest_tidy(folder.write(), "tiny")
    code, output, _ = run("audit", "tiny", "--json")
    report = json.loads(output)
    assert code == 0
    assert report["dataset"] == "tiny"
    assert report["failed"] is False
    assert report["notes"] == []
    statuses = [check["status"] for check in report["checks"]]
    assert set(statuses) <= {"PASS", "FAIL", "WARNING", "SKIPPED"}
    assert report["counts"]["PASS"] == statuses.count("PASS")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_failed_audit_exits_1(run, project, form):
    folder = TinyFolder(project / "tidy")
    # north / 01 buys more of itself than it sells at all
    folder.add("transactions", 2012, "north", "01", "north", "01", 500.0)
    folder.set("final_demand", 0, value=-300.0)
    ingest_tidy(folder.write(), "tiny")
    code, output, _ = run("audit", "tiny", *form)
    assert code == 1
    assert "FAIL" in output
    assert "north / 01" in output


def test_template_has_every_header(run, project):
    code, output, _ = run("template", "tidy", "new")
    assert code == 0
    assert "carbonshed ingest tidy new --name NAME" in output
    for table in INPUT_TABLES.values():
        with (project / "new" / f"{table.name}.csv").open(newline="") as file:
            assert list(csv.reader(file)) == [list(table.column_names)]
    descriptor = json.loads((project / "new" / "datapackage.json").read_text("utf-8"))
    assert [resource["path"] for resource in descriptor["resources"]] == [
        f"{table}.csv" for table in INPUT_TABLES
    ]
    readme = (project / "new" / "README.md").read_text("utf-8")
    for table in INPUT_TABLES.values():
        for column in table.columns:
            assert f"`{column.name}`" in readme
            for word in column.vocabulary or ():
                assert f"`{word}`" in readme


def test_a_template_asks_to_be_filled_in(project):
    folder = project / "new"
    write_tidy_template(folder)
    before = contents(folder)
    with pytest.raises(CarbonshedError, match=r"datapackage.json: `name` is \"\""):
        ingest_tidy(folder, "tiny")
    assert contents(folder) == before


def test_a_filled_template_is_accepted(project):
    folder = TinyFolder(project / "tidy")
    folder.refine()
    filled = folder.write()
    write_tidy_template(project / "new")
    for table in INPUT_TABLES:
        lines = (filled / f"{table}.csv").read_text("utf-8").splitlines()
        with (project / "new" / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines[1:]) + "\n")
    path = project / "new" / "datapackage.json"
    descriptor = json.loads(path.read_text("utf-8"))
    descriptor.update(name="tiny", title="Tiny", licenses=[{"name": "CC0-1.0"}])
    descriptor["sources"][0]["title"] = "Made up"
    descriptor["mrio"].update(
        currency="EUR", currency_unit=1e6, price_basis="basic", country="FIN"
    )
    path.write_text(json.dumps(descriptor), "utf-8")
    assert ingest_tidy(project / "new", "tiny").rows["transactions"] == 4


@pytest.mark.parametrize(
    "words",
    [
        ("ingest", "tidy", "tidy", "--name", "mine"),
        ("synthesize", "--cities", 5, "--sectors", 3, "--name", "mine"),
        ("build", "usa_states"),
    ],
)
def test_nothing_is_made_where_no_project_would_find_it(run, project, words):
    TinyFolder(project / "tidy").write()
    (project / "dbt_project.yml").unlink()
    code, _, errors = run(*words)
    assert code == 1
    assert "`carbonshed init FOLDER` makes a project" in errors
    (project / "dbt_project.yml").write_text("name: other\n", "utf-8")
    assert "has no package carbonshed: `carbonshed init .`" in run(*words)[2]
    assert not (project / "data").exists()


def test_a_project_is_named_from_outside(run, project, tmp_path_factory, monkeypatch):
    """By an option before the command, or by the environment; the option wins."""
    ingest_tidy(TinyFolder(project / "tidy").write(), "tiny")
    outside = tmp_path_factory.mktemp("outside")
    monkeypatch.chdir(outside)
    code, output, _ = run("list")
    assert code == 0
    assert "--project-dir" in output
    assert "CARBONSHED_PROJECT" in output
    assert "tiny" in run("--project-dir", project, "list")[1]
    assert "tiny" not in run("list")[1], "the option is of one command"
    monkeypatch.setenv("CARBONSHED_PROJECT", str(project))
    assert "tiny" in run("list")[1]
    # a project is nearer than the environment
    (outside / "dbt_project.yml").touch()
    assert "tiny" not in run("list")[1]
    (outside / "dbt_project.yml").unlink()
    monkeypatch.setenv("CARBONSHED_PROJECT", str(outside))
    for words in (["list"], ["--project-dir", outside / "no", "list"]):
        code, _, errors = run(*words)
        assert code == 1
        assert "is no project folder" in errors
