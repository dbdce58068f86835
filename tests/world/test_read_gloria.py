"""GLORIA from supply and use tables laid out as published."""

import shutil

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.layouts.gloria import write_gloria
from support.matrix_tables import stored
from support.refusals import refused
from support.systems import Stressor
from support.world_reading import (
    assert_read_back,
    assert_refused,
    assert_value_added,
    audit_or_refuse,
    fuzz,
    mutate,
    read,
)
from support.world_systems import Labels, world

from carbonshed.audit import audit_dataset

pytest.importorskip("pymrio")
pytestmark = pytest.mark.usefixtures("empty_project")

LABELS = Labels(
    regions=("CHN", "USA", "XAM"),
    sectors=(
        "Growing wheat",
        "Electric power generation, transmission and distribution",
        "Education",
    ),
    categories=(
        "Household final consumption P.3h",
        "Government final consumption P.3g",
        "Changes in inventories P.52",
    ),
    components=(
        "Compensation of employees D.1",
        "Taxes on production D.29",
        "Net operating surplus B.2n",
    ),
    currency_unit=1e3,
)
NAME = "'co2_total_EDGAR' | GHG emissions"
CHOSEN = (f"co2={NAME}",)
TABLES = ("transactions", "final_demand", "emissions", "direct_emissions")


def named(system):
    system.stressors = [Stressor("co2", NAME, "kt")]
    return system


@pytest.fixture
def system():
    return named(world(LABELS))


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gloria") / "gloria"
    return write_gloria(world(LABELS), 2010, folder)


@pytest.fixture
def folder(written, empty_project):
    """Return a copy of the folder that a test may spoil."""
    return shutil.copytree(written, empty_project / "gloria")


def gloria(source, system, **options):
    options = {"stressors": CHOSEN, "year": 2010, **options}
    return read("gloria", source, system, **options)


@pytest.mark.parametrize("as_zip", [False, True])
@pytest.mark.parametrize("release", ["59", "59a"])
def test_the_table_is_read_back_equal(system, empty_project, as_zip, release):
    folder = write_gloria(
        system, 2010, empty_project / "gloria", as_zip=as_zip, release=release
    )
    dataset = gloria(folder, system)
    assert_read_back(dataset, system, TABLES, 1e-12)
    assert_value_added(dataset, system)
    assert dataset.title.startswith(f"GLORIA {release}, 2010")
    assert {row[0]: row[3] for row in stored(dataset, "regions")} == {
        "CHN": "country",
        "USA": "country",
        "XAM": "rest_of_world",
    }
    assert not audit_dataset(dataset).failed


def test_by_products_go_by_shares_of_supply(system, empty_project):
    """Two products out of one industry, worked out here by loops."""
    year = system.years[2010]
    n = 9
    supply = np.diag(year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2)))
    supply[0, 1] = 0.25 * supply[0, 0]
    supply[0, 0] *= 0.75
    folder = write_gloria(system, 2010, empty_project / "gloria", supply=supply)
    dataset = gloria(folder, system)
    wanted = np.zeros((n, n))
    emissions = np.zeros(n)
    for industry in range(n):
        made = sum(supply[industry])
        for product in range(n):
            share = supply[industry, product] / made
            emissions[product] += share * year.emissions["co2"][industry]
            for used in range(n):
                wanted[used, product] += share * year.transactions[used, industry]
    found = np.zeros((n, n))
    for _, i, j, value in stored(dataset, "transactions"):
        found[i, j] = value
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    values = [row[3] for row in stored(dataset, "emissions")]
    np.testing.assert_allclose(values, emissions, rtol=1e-12)


def test_emissions_of_an_industry_without_supply_are_kept(system, empty_project):
    year = system.years[2010]
    supply = np.diag(year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2)))
    supply[4, 4] = 0.0
    folder = write_gloria(system, 2010, empty_project / "gloria", supply=supply)
    dataset = gloria(folder, system)
    assert_read_back(dataset, system, ("emissions", "transactions"))
    assert any("1 industries supply nothing" in note for note in dataset.notes)


def test_an_empty_cell_does_not_spread(folder, system):
    """A NaN times shares of 0 would empty the whole row."""
    year = system.years[2010]
    sector = int(np.flatnonzero(year.transactions[0, :3])[0])
    for part, row, column in (("TQ", 0, 0), ("T", 3, sector)):
        path = next(folder.glob(f"*/*_{part}-Results*"))
        values = np.loadtxt(path, delimiter=",", dtype=str)
        assert float(values[row, column]) > 0
        values[row, column] = ""
        np.savetxt(path, values, "%s", delimiter=",")
    year.emissions["co2"][0] = 0.0
    year.transactions[0, sector] = 0.0
    dataset = gloria(folder, system)
    assert_read_back(dataset, system, TABLES)
    notes = "\n".join(dataset.notes)
    assert "1 cells of Q are NaN" in notes
    assert "1 cells of use are NaN" in notes


def test_the_dropped_region_is_listed(folder, system):
    notes = "\n".join(gloria(folder, system).notes)
    demand = 1e-6 * float(system.years[2010].final_demand.sum())
    assert "regions DYE without transactions dropped" in notes
    assert f"demand {demand:,.6g} (0.0001 %)" in notes
    own = 1e-6 * float(system.years[2010].emissions["co2"].sum())
    assert f"co2 in kt {own:,.6g} (9" in notes


def test_a_large_dropped_region_must_be_accepted(system, empty_project):
    folder = write_gloria(system, 2010, empty_project / "gloria", empty_share=2e-3)
    with refused(r"regions DYE.*--accept losses"):
        gloria(folder, system)
    dataset = gloria(folder, system, accept=frozenset({"losses"}))
    assert any("WARNING, accepted: regions DYE" in note for note in dataset.notes)


def _readme(change):
    def spoil(folder):
        path = next(folder.glob("GLORIA_ReadMe*.xlsx"))
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)

    return spoil


def _cell(sheet, place, value):
    return _readme(lambda book: book[sheet].__setitem__(place, value))


def _second_release(folder):
    shutil.copy(folder / "GLORIA_ReadMe_059.xlsx", folder / "GLORIA_ReadMe_059a.xlsx")


def _no_satellite(folder):
    shutil.rmtree(folder / "GLORIA_SatelliteAccounts_059_2010")


def _table(folder, part):
    return next((folder / "GLORIA_MRIOs_59_2010").glob(f"*_{part}-Results*"))


def _text(change):
    def spoil(folder):
        path = _table(folder, "T")
        path.write_text(change(path.read_text()))

    return spoil


def _times_thousand(folder):
    for part in ("T", "Y", "V"):
        path = _table(folder, part)
        np.savetxt(path, 1e3 * np.loadtxt(path, delimiter=","), "%.17g", delimiter=",")


WRONG = {
    "two releases": (_second_release, "keep one release in a folder"),
    "no satellite": (_no_satellite, "0 files or folders GLORIA_SatelliteAccounts_059"),
    "no table": (
        lambda folder: _table(folder, "Y").unlink(),
        "has 0 files *_120secMother_AllCountries_002_Y-Results",
    ),
    "text": (_text(lambda text: "x" + text), "not a number|cannot read it"),
    "a row short": (_text(lambda text: text.partition("\n")[2]), "cannot read it"),
    "dollars": (_times_thousand, "the unit that would fit is 1 USD"),
    "no sheet": (
        _readme(lambda book: book.remove(book["Satellites"])),
        "cannot read it",
    ),
    "sector": (_cell("Sectors", "B2", "Magic"), "'Magic'; give --sectors"),
    "label twice": (_cell("Sectors", "B3", "Growing wheat"), "expected every label"),
    "category": (_cell("Value added and final demand", "C2", "Fun"), "'Fun'"),
    "unit": (_cell("Satellites", "D2", "tonnes"), "unit that would fit is kt"),
    "no mass": (_cell("Satellites", "D2", "TJ"), "is in TJ; expected a mass"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_folder_says_so(folder, system, empty_project, case):
    spoil, message = WRONG[case]
    spoil(folder)
    assert_refused(lambda: gloria(folder, system), message)


def test_wrong_sources_say_so(folder, system):
    with refused("0 files or folders GLORIA_MRIOs_59_2011"):
        gloria(folder, system, year=2011)
    with refused("expected the folder that contains it"):
        gloria(folder / "GLORIA_ReadMe_059.xlsx", system)
    with refused("gloria needs --year"):
        gloria(folder, system, year=None)


@pytest.mark.slow
@fuzz(20)
@given(
    part=st.sampled_from(["_T-", "_Y-", "_V-", "TQ-", "YQ-"]),
    place=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 60),
    put=st.sampled_from(["", ",", "\n", '"', "-", "1e400", "x", "9" * 30]),
)
def test_a_mutated_folder_is_read_or_refused(
    written, empty_project, part, place, length, put
):
    folder = empty_project / "gloria"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(written, folder)
    mutate(next(folder.glob(f"*/*{part}Results*")), place, length, put)
    audit_or_refuse(lambda: gloria(folder, named(world(LABELS))))
