"""Templates: the right rows, nothing overwritten, and filled in they are read."""

import csv
import shutil

import pytest
from support.layouts.ceads_city import REGIONS, city_system
from support.refusals import refusal_of
from support.rendered_models import ROOT
from support.tiny_folder import TinyFolder, contents
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.templates import write_city_template
from carbonshed.readers.rows.small_tables import (
    REGION_FILE,
    SECTOR_FILE,
    read_indicators,
    read_labels,
)
from carbonshed.readers.templates import write_map_template
from carbonshed.readers.tidy import ingest_tidy


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(_commands, ["template", *arguments])
    if isinstance(result.exception, CarbonshedError):
        return 1, str(result.exception)
    return result.exit_code, result.output


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_provinces(project):
    code, output = run("ceads-province", "p.csv", "--year", "2017", "--year", "2012")
    assert code == 0
    assert "p.csv: 62 rows, one per year and region" in output
    assert "ceads-province TABLE.xlsx --name NAME --indicators p.csv" in output
    found = rows(project / "p.csv")
    assert found[0] == ["year", "region_id", "region_name", "population", "gdp"]
    assert found[1] == ["2012", "110000", "Beijing 北京", "", ""]
    assert [row[0] for row in found[1:]] == ["2012"] * 31 + ["2017"] * 31


def test_the_border_of_the_european_union_of_the_year(project):
    """Croatia is no member in 2012; products and price are left to the reader."""
    (project / "seeds").symlink_to(ROOT / "seeds")
    folder = TinyFolder(project / "tidy")
    folder.descriptor["mrio"]["country"] = "WLD"
    codes = ("GBR", "HRV", "ROM", "DE")
    for code in codes:
        folder.add("regions", code, code, None, "country", None, None, None)
        folder.add("region_years", 2012, code, 5, None)
    ingest_tidy(folder.write(), "world")
    code, output = run("border", "--dataset", "world")
    assert code == 0
    union = "border_charges.csv: a charge at the border of the European Union in 2012"
    assert f"{union}, without AUT, BEL" in output
    header, *charge = rows(project / "border_charges.csv")
    assert header == ["charge_id", "kind", "id", "value"]
    assert charge == [
        ["border", "zone", "DE", ""],
        ["border", "zone", "GBR", ""],
        ["border", "zone", "ROM", ""],
        ["border", "product", "", ""],
        ["border", "price", "", ""],
    ]
    folder.columns["border_charges"] = header
    folder.tables["border_charges"] = [
        dict(zip(header, x, strict=True)) for x in charge
    ]
    with pytest.raises(CarbonshedError, match="`id` is empty with kind product"):
        ingest_tidy(folder.write(), "world")
    folder.set("border_charges", 3, id="1")
    with pytest.raises(CarbonshedError, match="`value` is empty with kind price"):
        ingest_tidy(folder.write(), "world")
    folder.set("border_charges", 4, value="80")
    dataset = ingest_tidy(folder.write(), "world")
    assert dataset.rows["border_charges"] == len(charge)


def test_the_border_of_a_country_is_that_of_its_table(project):
    ingest_tidy(TinyFolder(project / "tidy").write(), "tiny")
    code, output = run("border", "b.csv", "--dataset", "tiny")
    assert (code, "of the table: its exports" in output) == (0, True)
    zone = [row for row in rows(project / "b.csv") if row[1] == "zone"]
    assert zone == [["border", "zone", "EXPORT", ""]]


def fill(folder, **amounts):
    """Write amounts into empty fields of the household tables of a template."""
    for name in ("household_groups", "household_spending"):
        header, *fields = rows(folder / f"{name}.csv")
        for column, amount in amounts.items():
            if column in header:
                for row in fields:
                    row[header.index(column)] = amount
        text = "".join(f"{','.join(row)}\n" for row in (header, *fields))
        (folder / f"{name}.csv").write_text(text, "utf-8")


def test_household_groups_of_a_country(project):
    """What is missing is refused by its file; filled in, it is read beside a table."""
    folder = TinyFolder(project / "tidy").write()
    ingest_tidy(folder, "tiny")
    code, output = run("households", "h", "--dataset", "tiny", "--groups", "2")
    assert code == 0
    assert "h: labels.csv, household_groups.csv, household_spending.csv" in output
    _, *groups = rows(project / "h" / "household_groups.csv")
    assert groups == [
        ["2012", "north", "1", "1 of 2 by income", "1", "", "", ""],
        ["2012", "north", "2", "2 of 2 by income", "2", "", "", ""],
        ["2012", "south", "1", "1 of 2 by income", "1", "", "", ""],
        ["2012", "south", "2", "2 of 2 by income", "2", "", "", ""],
    ]
    _, *spending = rows(project / "h" / "household_spending.csv")
    assert spending == [
        ["2012", "", "1", "", "agriculture", ""],
        ["2012", "", "2", "", "agriculture", ""],
        ["2012", "", "1", "", "energy", ""],
        ["2012", "", "2", "", "energy", ""],
    ]
    labels = [["label_id", "sector_id"], ["agriculture", "01"], ["energy", "1"]]
    assert rows(project / "h" / "labels.csv") == labels
    assert "--assumptions h" in (project / "h" / "README.md").read_text("utf-8")
    shutil.copytree(project / "h", folder, dirs_exist_ok=True)
    said = refusal_of(ingest_tidy, folder, "tiny")
    assert said.startswith("household_groups.csv: data row 1: ")
    fill(folder, population="50")
    said = refusal_of(ingest_tidy, folder, "tiny")
    assert said.startswith("household_spending.csv: data row 1: ")
    fill(folder, value="3")
    found = ingest_tidy(folder, "tiny").rows
    assert (found["labels"], found["household_spending"]) == (2, 4)


def test_household_groups_of_the_world_have_ids_of_their_nations(project):
    folder = TinyFolder(project / "tidy")
    folder.descriptor["mrio"]["country"] = "WLD"
    for region, kind, parent in (("FIN", "country", None), ("north", "city", "FIN")):
        folder.add("regions", f"{region}-2", "A", parent, kind, None, None, None)
        folder.add("region_years", 2012, f"{region}-2", 100, None)
    ingest_tidy(folder.write(), "world")
    run("households", "h", "--dataset", "world", "--year", "2013", "--groups", "1")
    groups = [row[:3] for row in rows(project / "h" / "household_groups.csv")[1:]]
    assert groups == [
        ["2013", "north", "P1-1"],
        ["2013", "south", "south-1"],
        ["2013", "FIN-2", "FIN-2-1"],
        ["2013", "north-2", "FIN-1"],
    ]
    shutil.copytree(project / "h", project / "tidy", dirs_exist_ok=True)
    fill(project / "tidy", population="50", value="3")
    assert ingest_tidy(project / "tidy", "world").rows["household_spending"] == 8


def test_what_is_filled_in_is_read(project):
    run("ceads-province", "p.csv", "--year", "2012")
    path = project / "p.csv"
    filled = path.read_text("utf-8").replace("北京,,", "北京,20693000,1.78e12")
    path.write_text(filled, "utf-8")
    ids = [row[1] for row in rows(path)[1:]]
    population, gdp = read_indicators(path, 2012, ids)
    assert population == [20693000, *[None] * 30]
    assert gdp == [1.78e12, *[None] * 30]


def test_regions_of_a_file(project):
    (project / "r.csv").write_text(
        "position,region_id,region_name,region_type\n1,a,Alpha,city\n2,b,Beta,city\n",
        "utf-8",
    )
    code, output = run("indicators", "i.csv", "--regions", "r.csv", "--year", "2015")
    assert code == 0
    assert "carbonshed ingest FORMAT SOURCE --name NAME --indicators i.csv" in output
    assert rows(project / "i.csv")[1:] == [
        ["2015", "a", "Alpha", "", ""],
        ["2015", "b", "Beta", "", ""],
    ]


def test_regions_of_a_dataset_with_what_it_knows(project):
    dataset = ingest_tidy(TinyFolder(project / "tidy").write(), "tiny")
    code, _ = run("indicators", "i.csv", "--dataset", "tiny")
    assert code == 0
    found = rows(project / "i.csv")[1:]
    assert len(found) == dataset.rows["regions"] * len(dataset.years)
    ids = [row[1] for row in found]
    population, gdp = read_indicators(project / "i.csv", 2012, ids)
    assert any(population)
    run("indicators", "j.csv", "--dataset", "tiny", "--year", "2013")
    assert {row[0] for row in rows(project / "j.csv")[1:]} == {"2013"}
    assert not any(row[3] for row in rows(project / "j.csv")[1:])
    assert len(gdp) == len(ids)


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["indicators", "i.csv"], "either --dataset NAME or --regions FILE"),
        (
            ["indicators", "i.csv", "--regions", "r.csv", "--dataset", "a"],
            "either --dataset NAME or --regions FILE",
        ),
        (["indicators", "i.csv", "--regions", "r.csv"], "r.csv: no such file"),
        (["indicators", "i.csv", "--regions", "."], ".: is a folder (--regions)"),
        (["indicators", "i.csv", "--dataset", "none"], "no dataset 'none'"),
        (["ceads-province", "i.csv"], "which years? say so with --year"),
        (["ceads-province", "i.csv", "--year", "0"], "a year from 1 to 9999"),
        (["ceads-province", "old.csv", "--year", "2012"], "does not overwrite"),
        (["ceads-province", "old.csv/x", "--year", "2012"], "cannot be written"),
        (["tidy", "old.csv"], "old.csv: is not an empty folder"),
        (["tidy", "full"], "full: is not an empty folder"),
        (["tidy", "x", "--year", "2012"], "No such option: --year"),
        (["households", "full", "--dataset", "tiny"], "no dataset 'tiny'"),
        (["scenarios", "x", "--regions", "r.csv"], "No such option: --regions"),
    ],
)
def test_refusals(project, arguments, fragment):
    (project / "full").mkdir()
    for name in ("old.csv", "full/mine.txt"):
        (project / name).write_text("mine")
    before = contents(project)
    code, output = run(*arguments)
    assert code != 0
    assert fragment in output
    assert contents(project) == before


def test_city_folder_has_regions_sectors_and_a_readme(project):
    code, output = run("ceads-city", "new/labels")
    assert code == 0
    assert "regions.csv, indicators.csv, sectors_2012.csv" in output
    assert "carbonshed ingest ceads-city FILE.mat --name NAME --regions" in output
    files = {file.name for file in (project / "new" / "labels").iterdir()}
    sectors = {"sectors_2012.csv", "sectors_2017.csv"}
    assert files == {"README.md", "indicators.csv", "regions.csv", *sectors}
    readme = project / "new" / "labels" / "README.md"
    assert "ceads-city" in readme.read_text("utf-8")


@pytest.mark.parametrize(("name", "place"), [("2012", 24), ("2017", 23)])
def test_the_lists_of_sectors_are_those_of_their_years(tmp_path, name, place):
    write_city_template(tmp_path / "labels")
    rows = read_labels(tmp_path / "labels" / f"sectors_{name}.csv", SECTOR_FILE)
    assert len(rows) == 42
    assert [k for k, row in enumerate(rows) if row["is_power_supply"]] == [place]
    assert "电力" in rows[place]["sector_name"]
    expected = [sector.id for sector in city_system(1, int(name)).sectors]
    assert [row["sector_id"] for row in rows] == expected


def test_regions_that_are_filled_in_are_read(tmp_path):
    path = tmp_path / "regions.csv"
    assert write_city_template(path) == [path]
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, REGION_FILE.column_names)
        for number, region in enumerate(REGIONS, start=1):
            writer.writerow(
                {
                    "position": number,
                    "region_id": region.id,
                    "region_name": region.name,
                    "region_type": region.type,
                    "population": 10 * number,
                }
            )
    rows = read_labels(path, REGION_FILE)
    assert [row["region_name"] for row in rows] == [r.name for r in REGIONS]
    assert [row["population"] for row in rows] == [10, 20, 30, 40]


def test_no_file_is_overwritten(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "regions.csv").touch()
    for name in ("full", "regions.csv"):
        with pytest.raises(CarbonshedError, match="does not overwrite anything"):
            write_city_template(tmp_path / name)
    with pytest.raises(CarbonshedError, match="does not overwrite anything"):
        write_map_template(tmp_path / "regions.csv")
    with pytest.raises(CarbonshedError, match="cannot be written"):
        write_city_template(tmp_path / "regions.csv" / "labels")


def test_sectors_of_a_column(project):
    """Rows of a CSV file: its sheet is its name; the total is no sector."""
    lines = ["Code,Activity", "A01,Crops", "C19,Coke", "D35,", "TOT,Total", "A01,Again"]
    (project / "io.csv").write_text("\n".join(lines))
    column = ("sectors", "io.csv", "--sheet", "io", "--column", "A")
    code, output = run(*column, "--rows", "2:4", "--names", "b")
    assert code == 0
    assert output == "written: io.sectors.csv, 3 sectors\n"
    assert rows(project / "io.sectors.csv")[1:] == [
        ["A01", "Crops", "agriculture", "false", "", "", "", "ISIC"],
        ["C19", "Coke", "energy", "false", "", "", "", "ISIC"],
        ["D35", "D35", "energy", "true", "", "", "", "ISIC"],
    ]
    assert "is there already" in run(*column, "--rows", "2:4")[1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"--sheet": "oi"}, "no sheet 'oi'"),
        ({"--column": "C"}, "sheet 'io': column 'C': expected one of A to B"),
        ({"--rows": "2:9"}, "sheet 'io': --rows 2:9: it has 4 rows"),
        ({"--rows": "4:2"}, "--rows 4:2: expected two rows, such as 5:60"),
        ({}, "'A01' is in A3 and in A2; expected each label once"),
    ],
)
def test_a_column_without_sectors_is_refused(project, change, reason):
    (project / "io.csv").write_text("Code,Activity\nA01,Crops\nA01,Again\nD35,Power\n")
    options = {"--sheet": "io", "--column": "A"} | change
    words = [word for pair in options.items() for word in pair]
    assert reason in run("sectors", "io.csv", *words)[1]
