"""Tables of assumptions beside a workbook: the same contract as in a tidy folder."""

import pytest
from support.layouts.office import Office, blocks, head
from support.matrix_tables import stored
from support.refusals import assert_names, refusal_of

from carbonshed.dataset import open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions

ERRORS = "component,stressor_id,region_id,sector_id,relative_standard_error\n"
INTENSITIES = "year,stressor_id,sector_id,value\n"


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Work in a project of its own."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    return tmp_path


def give(project, table, text):
    (project / "mine" / f"{table}.csv").write_text(text, encoding="utf-8")


def read(project, year=2012, folder="mine"):
    """Ingest a workbook of three sectors A, B, C and one region N."""
    office = Office(map=head(year=str(year), blocks=blocks()))
    return ingest(
        "excel",
        office.write_excel(project / "t.xlsx"),
        IngestOptions(
            "a",
            map=office.write_map(project),
            assumptions=folder and project / folder,
        ),
    )


def test_a_workbook_has_them_beside_it_and_keeps_them_for_further_years(project):
    give(
        project, "relative_errors", f"{ERRORS}emissions,co2,,B,0.15\nexports,,N,,0.3\n"
    )
    give(project, "import_intensities", f"{INTENSITIES}2012,co2,A,0.7\n2013,,,0.1\n")
    give(project, "readme", "for me\n")
    dataset = read(project)
    errors = [
        ("emissions", "co2", None, "B", 0.15),
        ("exports", None, "N", None, 0.3),
    ]
    assert stored(dataset, "relative_errors") == errors
    assert stored(dataset, "import_intensities") == [
        (2012, "co2", "A", 0.7),
        (2013, None, None, 0.1),
    ]
    assert "2012: not used: files readme.csv" in dataset.notes
    waiting = "not used: years 2013 of import_intensities, which the dataset does not"
    assert dataset.notes[-1].startswith(waiting)

    again = read(project, 2013, folder=None)
    assert again.years == [2012, 2013]
    assert stored(again, "relative_errors") == errors
    assert not any(note.startswith(waiting) for note in again.notes)

    (project / "mine" / "relative_errors.csv").unlink()
    give(project, "import_intensities", INTENSITIES)
    last = read(project, 2013)
    assert stored(last, "relative_errors") == errors
    assert stored(last, "import_intensities") == []


def test_household_groups_replace_all_that_was_stored_of_them(project):
    groups = "year,region_id,group_id,group_name,group_rank,population\n"
    give(project, "household_groups", f"{groups}2012,N,poor,Poor,1,7\n")
    give(
        project,
        "household_spending",
        "year,group_id,label_id,value\n2012,poor,food,1\n",
    )
    give(project, "labels", "label_id,sector_id\nfood,A\n")
    dataset = read(project)
    tables = ("household_groups", "household_spending", "labels")
    assert [dataset.rows[table] for table in tables] == [1, 1, 1]
    for table in tables[1:]:
        (project / "mine" / f"{table}.csv").unlink()
    give(project, "household_groups", f"{groups}2013,N,rich,Rich,1,7\n")
    again = read(project, 2013)
    assert [again.rows[table] for table in tables] == [1, 0, 0]


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        (
            "relative_errors",
            f"{ERRORS}emissions,co2,,A,0.1\nemissions,co2,,D,0.1\n",
            ["relative_errors.csv", "data row 2", "`sector_id`", "'D'"],
        ),
        (
            "import_intensities",
            f"{INTENSITIES}2012,ch4,,1\n",
            ["import_intensities.csv", "data row 1", "`stressor_id`", "'ch4'"],
        ),
        (
            "characterisation_factors",
            "impact_id,stressor_id,value\nco2,ch4,28\n",
            ["characterisation_factors.csv", "data row 1", "impact_id 'co2'"],
        ),
        ("relative_errors", "component\n", ["relative_errors.csv", "is missing"]),
        ("errors", "a\n", ["mine", "expected import_intensities", "--assumptions"]),
    ],
    ids=["sector", "stressor", "impact", "column", "none of the tables"],
)
def test_what_breaks_the_contract_is_refused_and_nothing_changes(
    project, table, text, words
):
    before = read(project, folder=None)
    give(project, table, text)
    assert_names(refusal_of(read, project), *words)
    assert open_dataset("a").dataset_id == before.dataset_id


def test_a_file_or_nothing_in_place_of_the_folder_is_refused(project):
    with pytest.raises(
        CarbonshedError, match=r"t.xlsx: is a file; expected the folder"
    ):
        read(project, folder="t.xlsx")
    with pytest.raises(
        CarbonshedError, match=r"mine: the folder is empty; expected the"
    ):
        read(project)
