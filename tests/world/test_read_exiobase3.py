"""EXIOBASE 3 from files laid out as on Zenodo."""

import json
import re
import shutil
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.layouts.exiobase3 import SATELLITE, tables, write_exiobase3
from support.matrix_tables import stored
from support.refusals import refusal_of, refused
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
from support.world_systems import EUR_2010, Labels, world

from carbonshed.audit import audit_dataset
from carbonshed.errors import CarbonshedError

pymrio = pytest.importorskip("pymrio")

pytestmark = pytest.mark.usefixtures("empty_project")

LABELS = Labels(
    regions=("AT", "CN", "WA"),
    sectors=(
        "Cultivation of wheat",
        "Production of electricity by coal",
        "Construction (45)",
        "Education (80)",
    ),
    categories=(
        "Final consumption expenditure by households",
        "Final consumption expenditure by government",
        "Gross fixed capital formation",
        "Changes in inventories",
    ),
    components=(
        "Operating surplus: Consumption of fixed capital",
        "Other net taxes on production",
    ),
    currency="EUR",
    usd=EUR_2010,
    unit="t",
    tonnes=1.0,
)


@pytest.fixture(scope="session")
def system():
    return world(LABELS)


@pytest.fixture(scope="session")
def archive(system, tmp_path_factory):
    path = tmp_path_factory.mktemp("exiobase") / "IOT_2010_ixi.zip"
    return write_exiobase3(system, 2010, path)


CHOSEN = (f"co2={SATELLITE}",)


def in_kg(system):
    """Return the system as it must come out: EXIOBASE has kg."""
    changed = world(LABELS)
    changed.stressors = [Stressor("co2", SATELLITE, "kg")]
    for cells in (changed.years[2010].emissions, changed.years[2010].direct):
        cells["co2"] = cells["co2"] * 1e3
    year = changed.years[2010]
    year.output = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
    order = sorted(range(2), key=lambda k: LABELS.components[k])
    changed.components = [LABELS.components[k] for k in order]
    return changed


def test_the_zip_file_is_read_back_equal(archive, system):
    dataset = read("exiobase3", archive, system, stressors=CHOSEN)
    expected = in_kg(system)
    assert_read_back(dataset, expected, ("transactions", "final_demand", "output"))
    assert_read_back(dataset, expected, ("emissions", "direct_emissions"))
    assert_value_added(dataset, system)
    assert dataset.descriptor["mrio"]["currency"] == "EUR"
    assert dataset.descriptor["mrio"]["currency_unit"] == 1e6
    rates = dataset.descriptor["mrio"]["currency_per_usd"]
    assert rates == {"2010": pytest.approx(1 / 1.3257)}
    assert stored(dataset, "stressors") == [("co2", SATELLITE, "kg")]
    assert not audit_dataset(dataset).failed


def test_the_unpacked_folder_is_the_same(archive, system, empty_project):
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(empty_project)
    folder = empty_project / "IOT_2010_ixi"
    dataset = read("exiobase3", folder, system, stressors=CHOSEN)
    assert_read_back(dataset, in_kg(system), ("transactions", "final_demand"))


def test_labels_get_groups_names_and_kinds(archive, system):
    dataset = read("exiobase3", archive, system, stressors=CHOSEN)
    regions = {row[0]: (row[1], row[3]) for row in stored(dataset, "regions")}
    assert regions == {
        "AT": ("Austria", "country"),
        "CN": ("China", "country"),
        "WA": ("Rest of Asia and Pacific", "rest_of_world"),
    }
    groups = [(row[2], row[3]) for row in stored(dataset, "sectors")]
    assert groups == [
        ("agriculture", False),
        ("energy", True),
        ("construction", False),
        ("services", False),
    ]
    categories = [row[2] for row in stored(dataset, "final_demand_categories")]
    assert categories == ["household", "government", "investment", "inventory"]


def test_totals_are_compared_and_said(archive, system):
    notes = "\n".join(read("exiobase3", archive, system, stressors=CHOSEN).notes)
    assert "world final demand is 66.5 trillion USD" in notes
    assert "world CO2 is 33,150 Mt in units of kg, 1.00 times" in notes
    assert "release 3.8.2: final demand for electricity, gas and water" in notes
    assert "cells of final demand are negative" in notes


def test_without_a_stressor_the_rows_are_listed(archive, system):
    refusal = refusal_of(read, "exiobase3", archive, system)
    lines = refusal.splitlines()
    assert "no stressor given" in lines[0]
    assert f"  satellite: {SATELLITE} (kg)" in lines
    assert "  impacts: GHG emissions (kg CO2 eq.)" in lines
    assert lines[-1].startswith("  ... and 3 rows in other units")


def test_a_stressor_of_another_release_is_missed_with_what_there_is(archive, system):
    with pytest.raises(
        CarbonshedError, match=r"(?s)no stressor 'Carbon'.*CO2 - comb"
    ) as no:
        read("exiobase3", archive, system, stressors=("Carbon",))
    assert "\n" in str(no.value)


def _repacked(archive, path, change):
    """Write an archive with other contents; None leaves a member out."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            name = member.removeprefix(f"{archive.stem}/")
            content = change(name, old.read(member))
            if content is not None:
                new.writestr(f"{path.stem}/{name}", content)
    return path


def _with(tmp_path, archive, name, change):
    """Return a copy of the archive with one member changed, None to leave it out."""
    return _repacked(
        archive,
        tmp_path / archive.name,
        lambda member, content: change(content) if member == name else content,
    )


def _replaced(old, new, count=-1):
    def change(content):
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), count)

    return change


def test_an_archive_of_a_kind_that_nothing_reads_says_so(
    archive, system, empty_project
):
    path = empty_project / archive.name
    content = bytearray(archive.read_bytes())
    entry = content.index(b"PK\x01\x02")  # of the list of names
    content[entry + 6] = 235  # the version that is needed to unpack it
    path.write_bytes(content)
    assert_refused(
        lambda: read("exiobase3", path, system, stressors=CHOSEN),
        "is not a complete zip file",
    )


WRONG = {
    "stressor": (
        "satellite/unit.txt",
        _replaced("kg", "TJ"),
        "is in TJ; expected a mass",
    ),
    "money": ("unit.txt", _replaced("M.EUR", "EUR"), "the unit that would fit is 10^6"),
    "thousands": (
        "satellite/unit.txt",
        _replaced("kg", "t"),
        "unit that would fit is kg",
    ),
    "no column of units": (
        "satellite/unit.txt",
        lambda content: re.sub(rb"\t.*", b"", content),
        "expected a mass",
    ),
    "no unit": ("unit.txt", lambda content: None, "cannot read it"),
    "category": ("Y.txt", _replaced("Changes in inventories", "Stocks"), "'Stocks'"),
    "sector": (
        "Z.txt",
        _replaced("Education (80)", "School"),
        "without 'AT' / 'School'",
    ),
    "cell": (
        "Z.txt",
        _replaced("AT\tEducation (80)\t", "AT\tEducation (80)\tx"),
        "not a",
    ),
    "a pickle": ("file_parameters.json", _replaced("Z.txt", "Z.pkl"), "is a pickle"),
    "no table": ("Z.txt", lambda content: None, "cannot read it: KeyError"),
    "satellite": ("satellite/F.txt", _replaced("CN", "XX"), "expected the sectors"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_says_so(archive, system, empty_project, case):
    name, change, message = WRONG[case]
    (empty_project / "x").mkdir()
    path = _with(empty_project / "x", archive, name, change)
    assert_refused(lambda: read("exiobase3", path, system, stressors=CHOSEN), message)


def test_a_sector_that_the_map_does_not_know_needs_a_file(system, empty_project):
    labels = Labels(**{**LABELS.__dict__, "sectors": ("Wheat", "Magic")})
    other = world(labels)
    path = write_exiobase3(other, 2010, empty_project / "IOT_2010_pxp.zip")
    with refused(r"1 of 2 sectors.*'Magic'; give --sectors"):
        read("exiobase3", path, other, stressors=CHOSEN)
    file = empty_project / "sectors.csv"
    file.write_text(
        "sector_id,sector_name,sector_group\nMagic,M,services\nWheat,W,agriculture\n"
    )
    dataset = read("exiobase3", path, other, stressors=CHOSEN, sectors=file)
    assert [row[2] for row in stored(dataset, "sectors")] == ["agriculture", "services"]
    file.write_text("sector_id,sector_name,sector_group\nMagic,M,services\n")
    with refused(r"sectors.csv lacks 'Wheat'"):
        read("exiobase3", path, other, stressors=CHOSEN, sectors=file)


def test_a_part_of_the_worlds_carbon_is_taken_when_it_is_meant(system, empty_project):
    part = world(LABELS)
    part.years[2010].emissions["co2"] *= 0.1
    path = write_exiobase3(part, 2010, empty_project / "IOT_2010_ixi.zip")
    with refused("--accept co2-total"):
        read("exiobase3", path, part, stressors=CHOSEN)
    accept = frozenset({"co2-total"})
    dataset = read("exiobase3", path, part, stressors=CHOSEN, accept=accept)
    assert any("WARNING, accepted" in note for note in dataset.notes)


def test_releases_with_known_faults_are_named(system, empty_project):
    path = empty_project / "IOT_2010_ixi.zip"
    for version, word in (("3.9.5", "mining"), ("3.8.1", "electricity")):
        write_exiobase3(system, 2010, path, version)
        notes = read("exiobase3", path, system, stressors=CHOSEN).notes
        assert any(f"WARNING: release {version}" in n and word in n for n in notes)
    write_exiobase3(system, 2010, path, "3.8")
    notes = read("exiobase3", path, system, stressors=CHOSEN).notes
    assert not any("WARNING: release" in note for note in notes)


@pytest.mark.parametrize(
    ("year", "name", "message"),
    [
        (2011, "IOT_2010_ixi.zip", "the file name says 2010"),
        (None, "mine.zip", "the file name has no year"),
    ],
)
def test_the_year_is_that_of_the_file(
    archive, system, empty_project, year, name, message
):
    (empty_project / "x").mkdir()
    path = shutil.copy(archive, empty_project / "x" / name)
    with refused(message):
        read("exiobase3", path, system, stressors=CHOSEN, year=year)


def test_a_cut_or_missing_file_says_so(archive, system, empty_project):
    content = archive.read_bytes()
    cut = empty_project / "IOT_2010_cut.zip"
    cut.write_bytes(content[: len(content) // 2])
    with refused(r"not a complete zip file \([\d,]+ bytes"):
        read("exiobase3", cut, system, stressors=CHOSEN)
    with refused("no such file or folder"):
        read("exiobase3", empty_project / "none.zip", system, stressors=CHOSEN)
    with refused("needs --indicators"):
        read("exiobase3", archive, system, stressors=CHOSEN, indicators=None)


def test_coefficients_and_output_stand_in_for_flows(archive, system, empty_project):
    """Some releases have A and no Z."""
    (empty_project / "x").mkdir()
    frames = tables(system, 2010)
    A = frames["Z"] / frames["x"]["indout"].to_numpy()

    def as_A(content):
        found = json.loads(content)
        entry = found["files"].pop("Z")
        found["files"]["A"] = {**entry, "name": "A.txt"}
        return json.dumps(found).encode()

    path = _with(empty_project / "x", archive, "file_parameters.json", as_A)
    with zipfile.ZipFile(path, "a") as changed:
        text = A.to_csv(sep="\t", float_format="%.17g")
        changed.writestr(f"{path.stem}/A.txt", text)
    dataset = read("exiobase3", path, system, stressors=CHOSEN)
    assert_read_back(dataset, in_kg(system), ("transactions",), 1e-12)
    assert any("A times output" in note for note in dataset.notes)


def test_no_impacts_since_release_3_9(archive, system, empty_project):
    path = _repacked(
        archive,
        empty_project / archive.name,
        lambda name, content: None if name.startswith("impacts/") else content,
    )
    with refused(r"gone since release 3\.9"):
        read("exiobase3", path, system, stressors=("GHG emissions",))


@pytest.mark.slow
@fuzz(25)
@given(
    place=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 200),
    put=st.binary(max_size=20),
)
def test_a_mutated_file_is_read_or_refused(
    archive, system, empty_project, place, length, put
):
    path = empty_project / archive.name
    shutil.copy(archive, path)
    mutate(path, place, length, put)
    report = audit_or_refuse(lambda: read("exiobase3", path, system, stressors=CHOSEN))
    assert report is None or not report.failed
