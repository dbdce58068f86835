"""WIOD 2013 from a workbook and air accounts laid out as published."""

import csv
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.layouts.wiod import write_wiod
from support.matrix_tables import stored
from support.refusals import refusal_of, refused
from support.systems import Region, Stressor
from support.world_reading import (
    assert_read_back,
    assert_refused,
    assert_value_added,
    audit_or_refuse,
    fuzz,
    read,
)
from support.world_systems import Labels, world
from typer.testing import CliRunner

from carbonshed.audit import audit_dataset
from carbonshed.cli import _commands
from carbonshed.dataset.store import open_dataset
from carbonshed.download.fetch import default_folder
from carbonshed.readers import world as world_readers

pytest.importorskip("pymrio")
pytestmark = pytest.mark.usefixtures("empty_project")

CODES = ("c1", "c17", "c35")
LABELS = Labels(
    regions=("ROM", "USA", "RoW"),
    sectors=("AtB", "E", "P"),
    categories=("c37", "c39", "c41", "c42"),
    components=("taxes less subsidies on products", "Value added at basic prices"),
    stressor="CO2",
)
CHOSEN = ("CO2",)


def as_read(system):
    """Return the system as it must come out: Romania is renamed by the parser."""
    system.regions = [Region("ROU", "Romania", "country"), *system.regions[1:]]
    system.stressors = [Stressor("CO2", "CO2", "kt")]
    return system


@pytest.fixture
def system():
    return world(LABELS)


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wiod") / "wiod"
    return write_wiod(world(LABELS), 2010, folder, CODES)


@pytest.fixture
def folder(written, empty_project):
    """Return a copy of the folder that a test may spoil."""
    return shutil.copytree(written, empty_project / "wiod")


def wiod(folder, system, **options):
    options = {"year": 2010, "stressors": CHOSEN, **options}
    return read("wiod", folder, system, **options)


def test_the_page_reads_what_the_download_yields(written, empty_project):
    """Its commands are typed as they stand; the mock is of another year."""
    page = Path(__file__).resolve().parents[2] / "docs/formats/world_tables.md"
    text = page.read_text("utf-8").replace("2009", "2010")
    (block,) = re.findall(r"^```\n(carbonshed download wiod.*?)^```", text, re.M | re.S)
    fetch, ingest, build = block.replace("\\\n", "").splitlines()
    plan = ["carbonshed", "download", "wiod", "2010"]
    assert (shlex.split(fetch), build) == (plan, "dbt build --vars 'dataset: wiod'")
    shutil.copytree(written, default_folder(empty_project, "wiod"))
    result = CliRunner().invoke(_commands, shlex.split(ingest)[1:])
    assert result.exit_code == 0, result.exception or result.output
    dataset = open_dataset("wiod")
    assert stored(dataset, "emissions")
    people = {row[1]: row[2:] for row in stored(dataset, "region_years")}
    # censuses of 2010 and 2011; GDP of the Bureau of Economic Analysis, World Bank
    assert people["USA"] == pytest.approx((308_745_538, 15.049e12), rel=0.01)
    assert people["ROU"] == pytest.approx((20_121_641, 166.2e9), rel=0.03)
    assert people["RoW"] == (None, None)
    (note,) = [note for note in dataset.notes if "Penn World Table" in note]
    assert "none for RoW; --indicators FILE replaces them" in note
    assert not audit_dataset(dataset).failed


def test_indicators_take_the_place_of_the_shipped_people(folder, system):
    dataset = wiod(folder, as_read(system))
    (year,) = system.years.values()
    assert [row[2] for row in stored(dataset, "region_years")] == year.population
    assert "Penn World Table" not in "\n".join(dataset.notes)


def shipped_people():
    path = Path(world_readers.__file__).parent / "wiod_people.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {
        (row["region_id"], int(row["year"])): (int(row["population"]), int(row["gdp"]))
        for row in rows
    }


def test_the_shipped_people_are_those_of_forty_countries_and_all_years():
    people = shipped_people()
    ids = {region for region, _ in people}
    assert len(ids) == 40
    assert set(people) == {(k, year) for k in ids for year in range(1995, 2012)}
    for (region, year), (population, gdp) in people.items():
        before = people.get((region, year - 1), (population, gdp))
        assert population / before[0] == pytest.approx(1, abs=0.04), (region, year)
        assert 300 < gdp / population < 125_000, (region, year)


def test_the_shipped_people_are_near_those_of_others(real_data):
    """The United Nations' population of 2022 and the IMF's GDP, both of 2011."""
    people = shipped_people()
    text = (real_data / "wiod_2011" / "region_years.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        if row["region_id"] == "RoW":
            continue
        region = row["region_id"].replace("ROM", "ROU")
        population, gdp = people.pop((region, 2011))
        assert gdp == pytest.approx(float(row["gdp"]), rel=0.05), region
        if region != "CYP":  # there the whole island's
            assert population == pytest.approx(int(row["population"]), rel=0.05)
    assert {year for _, year in people} == set(range(1995, 2011))


@pytest.mark.parametrize("as_zip", [False, True])
def test_the_table_is_read_back_equal(system, empty_project, as_zip):
    folder = write_wiod(system, 2010, empty_project / "wiod", CODES, as_zip=as_zip)
    dataset = wiod(folder, as_read(system))
    assert_read_back(
        dataset,
        system,
        ("transactions", "final_demand", "emissions", "direct_emissions"),
    )
    assert_value_added(dataset, system)
    assert dataset.descriptor["mrio"]["currency_unit"] == 1e6
    regions = {row[0]: (row[1], row[3]) for row in stored(dataset, "regions")}
    assert regions["ROU"] == ("Romania", "country")
    assert regions["RoW"] == ("Rest of the world", "rest_of_world")
    assert not audit_dataset(dataset).failed


def test_payments_to_no_country_become_imports(system, empty_project):
    margins = 0.01 * system.years[2010].value_added[1]
    system.years[2010].value_added[1] -= margins
    folder = write_wiod(system, 2010, empty_project / "wiod", CODES, margins)
    dataset = wiod(folder, as_read(system))
    imports = [row[-1] for row in stored(dataset, "imports")]
    np.testing.assert_allclose(imports, margins, rtol=1e-12)
    notes = "\n".join(dataset.notes)
    assert "International Transport Margins: payments to outside" in notes
    assert "column by column, inputs + value added miss output by" in notes


def test_what_the_parser_passes_over_is_said(folder, system):
    notes = "\n".join(wiod(folder, as_read(system)).notes)
    assert "sheet 'WIOT_2010' read, Notes not" in notes
    assert "Extension data for CO2_ not found" in notes
    assert "direct emissions of households are in category c37" in notes
    assert (
        "secQ (extra-territorial bodies) dropped, with them CO2 in kt 0 (0 %)" in notes
    )


def test_extra_territorial_emissions_are_no_silent_loss(system, empty_project):
    outside = 2e-4 * sum(system.years[2010].emissions["CO2"])
    folder = write_wiod(
        system, 2010, empty_project / "small", CODES, extra_territorial=outside
    )
    dataset = wiod(folder, as_read(system))
    assert any("secQ" in n and f"{3 * outside:,.6g} (0.0" in n for n in dataset.notes)
    folder = write_wiod(
        world(LABELS),
        2010,
        empty_project / "large",
        CODES,
        extra_territorial=100 * outside,
    )
    with refused(r"at most 0\.1 % of each; --accept losses"):
        wiod(folder, system)
    dataset = wiod(folder, system, accept=frozenset({"losses"}))
    assert any("WARNING, accepted: secQ" in note for note in dataset.notes)


def test_missing_accounts_are_named(folder, system):
    shutil.rmtree(folder / "AIR_may12")
    with refused(r"(?s)no stressor 'CO2'.*AIR_ not found"):
        wiod(folder, as_read(system))


def _sheet(folder, change):
    path = _table(folder)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def _cell(place, value):
    def change(book):
        book.worksheets[0][place] = value

    return lambda folder: _sheet(folder, change)


def _table(folder):
    return next(folder.glob("wiot*.xlsx"))


def _cut(folder):
    _table(folder).write_bytes(_table(folder).read_bytes()[:-2000])


def _usa(change):
    """Return what spoils the account of the United States."""
    return lambda folder: change(folder / "AIR_may12" / "USA_AIR_May12.xls")


def _lead_nowhere(path):
    path.unlink()
    path.symlink_to(path)


def _moved(folder):
    _sheet(folder, lambda book: book.worksheets[0].insert_cols(3))


WRONG = {
    "no workbook": (
        lambda folder: _table(folder).unlink(),
        "0 workbooks wiot10*.xlsx for the year 2010",
    ),
    "two": (
        lambda folder: shutil.copy(_table(folder), folder / "wiot10_other.xlsx"),
        "2 workbooks",
    ),
    "release 2016": (
        lambda folder: _table(folder).rename(folder / "WIOT2010_Nov16_ROW.xlsx"),
        "of release 2016",
    ),
    "cut": (_cut, "cannot read it"),
    "no country": (_usa(Path.unlink), "missing USA"),
    "empty account": (
        _usa(lambda path: path.write_bytes(b"")),
        "AIR_may12/USA_AIR_May12.xls is no .xls workbo",
    ),
    "leads nowhere": (_usa(_lead_nowhere), "May12.xls: cannot be read: Too m"),
    "page": (
        _usa(lambda path: path.write_bytes(b"<html>")),
        "USA_AIR_May12.xls is no .xls workbook (something",
    ),
    "no zip": (
        lambda folder: (folder / "CO2_may12.zip").write_bytes(b"PK\x03\x04"),
        "CO2_may12.zip is no zip file (4 bytes)",
    ),
    "no scale fits": (_cell("F8", 1e90), "no power of ten would make it fit"),
    "beyond numbers": (_cell("F8", 1e308), "too large"),
    "notes first": (
        lambda folder: _sheet(folder, lambda book: book.move_sheet("Notes", -1)),
        "cell A1 of the first sheet 'Notes'",
    ),
    "other year": (_cell("A1", "Table 2009"), "expected a title that ends in 2010"),
    "unit": (_cell("A4", "(thousands of US$)"), "'thousands of US$' is not understood"),
    "billions": (_cell("A4", "(billions of US$)"), "unit that would fit is 10^6 USD"),
    "text": (_cell("F8", "many"), "cannot read it"),
    "category": (_cell("N6", "c77"), "'c77'"),
    "sector": (_cell("A8", "Q"), "rows of AIR|cannot read it|without|differ"),
    "moved": (_moved, "cannot read it"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_folder_says_so(folder, system, empty_project, case):
    spoil, message = WRONG[case]
    spoil(folder)
    assert_refused(lambda: wiod(folder, as_read(system)), message)


def test_the_current_folder_has_a_name_too(folder, system, monkeypatch):
    monkeypatch.chdir(folder)
    _table(folder).unlink()
    assert refusal_of(wiod, Path(), as_read(system)).startswith(
        f"wiod: {folder.name}: 0 workbooks"
    )


def test_the_folder_is_wanted_not_the_file(folder, system):
    with refused("expected the folder that contains it"):
        wiod(next(folder.glob("*.xlsx")), as_read(system))


@pytest.mark.slow
@fuzz(15)
@given(
    row=st.integers(1, 24),
    column=st.integers(1, 26),
    value=st.sampled_from([None, "x", -1e9, 0, 1e12, "c35", "USA", "2010", True]),
)
def test_a_mutated_workbook_is_read_or_refused(
    written, empty_project, row, column, value
):
    folder = empty_project / "mutated"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(written, folder)

    def change(book):
        book.worksheets[0].cell(row, column).value = value

    _sheet(folder, change)
    audit_or_refuse(lambda: wiod(folder, as_read(world(LABELS))))
