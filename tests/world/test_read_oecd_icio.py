"""The OECD's inter-country tables from CSV laid out as published."""

import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.layouts.oecd_icio import frame, write_emissions, write_icio
from support.matrix_tables import stored
from support.refusals import refusal_of, refused
from support.world_reading import (
    assert_read_back,
    assert_refused,
    assert_value_added,
    audit_or_refuse,
    fuzz,
    mutate,
    read,
)
from support.world_systems import Labels, world, write_indicators

from carbonshed.audit import audit_dataset

pytest.importorskip("pymrio")
pytestmark = pytest.mark.usefixtures("empty_project")

LABELS = Labels(
    regions=("AUS", "CHN", "ROW"),
    sectors=("A01_02", "C20", "D"),
    categories=("HFCE", "GGFC", "GFCF", "INVNT"),
    components=("taxes less subsidies on products", "value added"),
)


@pytest.fixture
def system():
    return world(LABELS)


def icio(source, system, project, **options):
    emissions = write_emissions(system, 2010, project / "co2.csv")
    options = {"emissions": emissions, "emissions_unit": "kt", **options}
    return read("oecd-icio", source, system, **options)


TABLES = ("transactions", "final_demand", "emissions", "direct_emissions")


def test_the_table_is_read_back_equal(system, empty_project):
    dataset = icio(write_icio(system, 2010, empty_project), system, empty_project)
    assert_read_back(dataset, system, TABLES)
    assert_value_added(dataset, system)
    assert not audit_dataset(dataset).failed
    groups = [(row[2], row[3]) for row in stored(dataset, "sectors")]
    assert groups == [
        ("agriculture", False),
        ("heavy_industry", False),
        ("energy", True),
    ]


def test_a_zip_file_or_a_folder_is_the_same(system, empty_project):
    path = write_icio(system, 2010, empty_project)
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.write(path, path.name)
    packed = icio(path.with_suffix(".zip"), system, empty_project)
    assert_read_back(packed, system, TABLES)
    folder = icio(empty_project, system, empty_project, year=2010)
    assert_read_back(folder, system, TABLES)
    with refused("is a folder; give --year"):
        icio(empty_project, system, empty_project)
    with refused("has 0 tables ICIOvvvv_2011"):
        icio(empty_project, system, empty_project, year=2011)


def test_the_release_of_2016_has_its_labels_the_other_way_round(empty_project):
    sectors = ("C01T05AGR", "C24CHM", "C40T41EGW")
    old = world(Labels(**{**LABELS.__dict__, "sectors": sectors}))
    path = write_icio(old, 2010, empty_project, release=2016)
    assert "HFCE_AUS" in path.read_text().splitlines()[0]
    assert_read_back(icio(path, old, empty_project), old, TABLES)


def test_parts_of_china_are_added_up(system, empty_project):
    table = frame(system, 2010)
    cells = [label for label in table.index if label.startswith("CHN_")]
    for label in cells:
        table.loc[label.replace("CHN", "CN1")] = 0.4 * table.loc[label]
        table.loc[label] *= 0.6
        table[label.replace("CHN", "CN1")] = 0.4 * table[label]
        table[label] *= 0.6
    order = [r for r in table.index if r not in ("TLS", "VA", "OUT")]
    table = table.loc[[*order, "TLS", "VA", "OUT"]]
    path = empty_project / "ICIO2023_2010.csv"
    table.to_csv(path, float_format="%.17g", index_label="V1")
    dataset = icio(path, system, empty_project)
    assert_read_back(dataset, system, TABLES, 1e-9)
    assert any("CN1 are added up into CHN and MEX" in n for n in dataset.notes)


def test_discrepancies_become_the_demand_of_a_region_of_their_own(
    system, empty_project
):
    table = frame(system, 2010)
    gap = np.linspace(-5.0, 7.0, 9)
    table.insert(len(table.columns) - 1, "DISC", [*gap, 0.0, 0.0, 0.0])
    path = empty_project / "ICIO2018_2010.csv"
    table.to_csv(path, float_format="%.17g", index_label="V1")
    dataset = icio(path, system, empty_project)
    kinds = {row[0]: row[3] for row in stored(dataset, "regions")}
    assert kinds["ALL"] == "remainder"
    rows = {
        row[1]: row[4] for row in stored(dataset, "final_demand") if row[2] == "ALL"
    }
    found = [rows.get(k, 0.0) for k in range(9)]
    np.testing.assert_allclose(found, gap, atol=1e-12)
    assert {row[0]: row[2] for row in stored(dataset, "final_demand_categories")}[
        "DISC"
    ] == "other"
    assert not audit_dataset(dataset).failed


def test_empty_cells_are_counted(system, empty_project):
    path = write_icio(system, 2010, empty_project)
    lines = path.read_text().splitlines()
    cells = lines[1].split(",")
    cells[3] = cells[5] = ""
    lines[1] = ",".join(cells)
    path.write_text("\n".join(lines))
    notes = icio(path, system, empty_project).notes
    assert any("2 empty cells are set to 0" in note for note in notes)


def _frame(change):
    def spoil(system, path):
        table = change(frame(system, 2010))
        table.to_csv(path, float_format="%.17g", index_label="V1")

    return spoil


def _text(old, new):
    def spoil(system, path):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return spoil


def _renamed(old, new, *axes):
    """Return what renames labels that have a part, on some axes."""

    def change(table):
        for axis in axes:
            table = table.rename(lambda label: label.replace(old, new), axis=axis)
        return table

    return _frame(change)


WRONG = {
    "columns differ": (
        _renamed("AUS_C20", "AUS_C99", 1),
        "no columns 'AUS_C20', which are rows",
    ),
    "label twice": (
        _renamed("AUS_C20", "AUS_D", 0),
        "'AUS_D' is number 2 and number 3",
    ),
    "no region": (_renamed("AUS_C20", "AUSC", 0, 1), "expected REGION_SECTOR"),
    "sector": (_renamed("C20", "C99", 0, 1), "'C99'; give --sectors"),
    "category": (_renamed("GGFC", "FDX", 1), "'FDX'"),
    "thousands": (_frame(lambda t: t * 1e3), "unit that would fit is 10^3 USD"),
    "text": (_text("\nAUS_C20,", "\nAUS_C20,x"), "not a number"),
    "not a table": (
        lambda system, path: path.write_text("<html>"),
        "cannot read it|expected|has no",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_table_says_so(system, empty_project, case):
    spoil, message = WRONG[case]
    path = write_icio(system, 2010, empty_project)
    spoil(system, path)
    assert_refused(lambda: icio(path, system, empty_project), message)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2010,co2,AUS,C99,,1.0", "'C99'"),
        ("2010,co2,AUS,,,1.0", "exactly one of"),
        ("2010,co2,AUS,C20,HFCE,1.0", "exactly one of"),
        ("2010,co2,AUS,C20,,many", "many"),
        ("2009,co2,AUS,C20,,1.0", "no row of the year 2010"),
    ],
)
def test_wrong_emissions_say_so(system, empty_project, row, message):
    path = write_icio(system, 2010, empty_project)
    file = empty_project / "wrong.csv"
    file.write_text(f"year,stressor_id,region_id,sector_id,category_id,value\n{row}\n")
    with refused(message):
        icio(path, system, empty_project, emissions=file)


def test_sectors_without_a_row_of_emissions_are_named(system, empty_project):
    path = write_icio(system, 2010, empty_project)
    whole = write_emissions(system, 2010, empty_project / "whole.csv")
    lines = whole.read_text().splitlines(keepends=True)
    part = empty_project / "part.csv"
    part.write_text("".join(line for line in lines if ",AUS,D," not in line))
    year = system.years[2010]
    output = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
    assert system.producers[2] == ("AUS", "D")
    dataset = icio(path, system, empty_project, emissions=part)
    (note,) = (note for note in dataset.notes if "part.csv has no row" in note)
    share = f"{100 * output[2] / output.sum():.2f}% of all output"
    assert note == (
        "2010: WARNING: part.csv has no row of 'co2' for 1 of 9 sectors of regions "
        f"({share}), which count as 0: 'AUS' / 'D'"
    )
    notes = icio(path, system, empty_project, emissions=whole).notes
    assert not any("has no row" in note for note in notes)


def test_a_column_of_units_beside_emissions_is_warned_of(system, empty_project):
    """The option --emissions-unit counts."""
    path = write_icio(system, 2010, empty_project)
    file = write_emissions(system, 2010, empty_project / "e.csv")
    lines = file.read_text().splitlines()
    file.write_text("\n".join([f"{lines[0]},unit", *(f"{x},t" for x in lines[1:])]))
    notes = icio(path, system, empty_project, emissions=file).notes
    assert any("WARNING: not used: columns 'unit' of e.csv" in note for note in notes)


def test_another_separator_is_shown_in_few_words(system, empty_project):
    path = write_icio(system, 2010, empty_project)
    path.write_text(path.read_text().replace(",", ";"))
    assert len(refusal_of(icio, path, system, empty_project)) < 1000


def test_emissions_and_their_unit_are_needed(system, empty_project):
    path = write_icio(system, 2010, empty_project)
    with refused(r"needs --emissions: a CSV"):
        icio(path, system, empty_project, emissions=None)
    with refused("expected one of t, kt, Mt, Gt, kg"):
        icio(path, system, empty_project, emissions_unit="lb")
    with refused("unit that would fit is kt"):
        icio(path, system, empty_project, emissions_unit="Mt")


@pytest.mark.slow
@fuzz(40)
@given(
    place=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 60),
    put=st.sampled_from(["", ",", "\n", '"', "-", "1e400", "x", "AUS_D,", "9" * 30]),
)
def test_a_mutated_table_is_read_or_refused(empty_project, place, length, put):
    system = world(LABELS)
    path = write_icio(system, 2010, empty_project)
    mutate(path, place, length, put)
    audit_or_refuse(lambda: icio(path, system, empty_project))


def test_indicators_name_their_year(system, empty_project):
    path = write_icio(system, 2010, empty_project)
    file = write_indicators(system, empty_project / "people.csv")
    file.write_text(file.read_text().replace("2010,", "2009,"))
    with refused("no row of the year 2010; there are 2009"):
        icio(path, system, empty_project, indicators=file)
