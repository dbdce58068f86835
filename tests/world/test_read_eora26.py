"""Eora26 from text files laid out as published."""

import shutil

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.layouts.eora26 import write_eora26, zipped
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
from carbonshed.readers.world.core import numbers

pymrio = pytest.importorskip("pymrio")

pytestmark = pytest.mark.usefixtures("empty_project")

LABELS = Labels(
    regions=("AFG", "CHN", "USA"),
    sectors=(
        "Agriculture",
        "Electricity, Gas and Water",
        "Finacial Intermediation and Business Activities",
    ),
    categories=(
        "Household final consumption P.3h",
        "Government final consumption P.3g",
        "Gross fixed capital formation P.51",
        "Changes in inventories P.52",
    ),
    components=("Compensation of employees D.1", "Net operating surplus B.2n"),
    currency_unit=1e3,
    stressor="co2",
)
NAME = "CO2 emissions | All sources"
CHOSEN = (f"co2={NAME}",)
TABLES = ("transactions", "final_demand", "emissions", "direct_emissions")


@pytest.fixture
def system():
    found = world(LABELS)
    found.stressors = [Stressor("co2", NAME, "kt")]
    return found


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    return write_eora26(world(LABELS), 2010, tmp_path_factory.mktemp("eora") / "eora")


@pytest.fixture
def folder(written, empty_project):
    """Return a copy of the folder that a test may spoil."""
    return shutil.copytree(written, empty_project / "eora")


def eora(source, system, **options):
    options = {"stressors": CHOSEN, "year": 2010, **options}
    return read("eora26", source, system, **options)


def test_the_folder_is_read_back_equal(folder, system):
    dataset = eora(folder, system)
    assert_read_back(dataset, system, TABLES)
    assert_value_added(dataset, system)
    assert dataset.descriptor["mrio"]["currency_unit"] == 1e3
    assert stored(dataset, "regions")[0][1] == "Land of AFG"
    assert [row[3] for row in stored(dataset, "sectors")] == [False, True, False]
    assert not audit_dataset(dataset).failed


@pytest.mark.parametrize("with_labels", [True, False])
@pytest.mark.parametrize("given_as", ["file", "folder", "folder of years"])
def test_the_zip_file_is_the_same(folder, system, empty_project, with_labels, given_as):
    source = path = zipped(folder, 2010, with_labels)
    year = None
    if given_as == "folder":
        source, year = folder, 2010
    if given_as == "folder of years":
        folder.rename(empty_project / "2010")
        (empty_project / "all").mkdir()
        shutil.move(empty_project / "2010", empty_project / "all" / "2010")
        source, year = empty_project / "all", 2010
    assert path.name == "Eora26_2010_bp.zip"
    assert_read_back(eora(source, system, year=year), system, TABLES)


def test_a_number_of_hundreds_of_digits_is_refused():
    with refused(r"VA: a cell is not a number"):
        numbers(pd.DataFrame([[10**400, 1]], dtype=object), "VA")


def test_the_block_of_discrepancies_is_listed(folder, system):
    notes = "\n".join(eora(folder, system).notes)
    total = float(system.years[2010].final_demand.sum())
    assert "region ROW dropped" in notes
    # all columns of its demand, of which the parser notes the first
    assert f"demand {1e-6 * total:,.6g} (0.0001 %)" in notes
    assert "co2 in kt " in notes
    # thousands of dollars by the parser are right
    assert "world final demand is 66.5 trillion USD in units of 1,000 USD" in notes


def test_a_large_block_of_discrepancies_must_be_accepted(system, empty_project):
    folder = write_eora26(system, 2010, empty_project / "eora", row_share=2e-3)
    with refused(r"output .*\(0\.\d+ %\).*--accept losses"):
        eora(folder, system)
    dataset = eora(folder, system, accept=frozenset({"losses"}))
    assert any("WARNING, accepted: region ROW" in note for note in dataset.notes)


def test_a_parser_that_says_millions_is_caught(folder, system, monkeypatch):
    parse = pymrio.parse_eora26

    def old_parser(*arguments, **options):
        found = parse(*arguments, **options)
        found.unit["unit"] = "Mill USD"
        return found

    monkeypatch.setattr(pymrio, "parse_eora26", old_parser)
    with refused(r"unit that would fit is 10\^3 USD"):
        eora(folder, system)
    monkeypatch.setattr(pymrio, "__version__", "0.6.3")
    with refused(r"0\.7 or later, found 0\.6\.3"):
        eora(folder, system)


def _file(name, change):
    def spoil(folder):
        path = folder / name
        path.write_text(change(path.read_text()))

    return spoil


def _drop_line(text):
    return "\n".join(text.splitlines()[1:]) + "\n"


def _transposed(text):
    rows = [line.split("\t") for line in text.splitlines()]
    return "".join("\t".join(row) + "\n" for row in zip(*rows, strict=True))


T = "Eora26_2010_bp_T.txt"
WRONG = {
    "no file": (lambda folder: (folder / T).unlink(), f"has no {T}"),
    "no labels": (
        lambda folder: (folder / "labels_FD.txt").unlink(),
        "no labels_FD.txt",
    ),
    "a row short": (_file(T, _drop_line), "cannot read it|expected"),
    "transposed": (_file(T, _transposed), "Z lies the other way round: column by col"),
    "a label short": (_file("labels_T.txt", _drop_line), "cannot read it"),
    "text": (_file(T, lambda text: "x" + text), "not a number|cannot read it"),
    "NA": (
        _file("labels_T.txt", lambda t: t.replace("\tAFG\t", "\tNA\t")),
        "is missing",
    ),
    "sector": (
        _file("labels_T.txt", lambda t: t.replace("Agric", "Acric")),
        "--sectors",
    ),
    "category": (_file("labels_FD.txt", lambda t: t.replace("P.52", "P.99")), "P.99"),
    "unit": (_file("labels_Q.txt", lambda t: t.replace("(Gg)", "(Mg)")), "fit is kt"),
    "no mass": (_file("labels_Q.txt", lambda t: t.replace("(Gg)", "(PJ)")), "in PJ"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_folder_says_so(folder, system, empty_project, case):
    spoil, message = WRONG[case]
    spoil(folder)
    assert_refused(lambda: eora(folder, system), message)


def test_wrong_names_say_so(folder, system, empty_project):
    path = zipped(folder, 2010)
    with refused("the file name says 2010"):
        eora(path, system, year=2011)
    with refused("is a folder; give --year"):
        eora(folder, system, year=None)
    shutil.copy(path, empty_project / "Eora26_2010_pp.zip")
    with refused("purchasers' prices"):
        eora(empty_project / "Eora26_2010_pp.zip", system)
    shutil.copy(path, empty_project / "Eora_2010.zip")
    with refused("the full Eora is not read"):
        eora(empty_project / "Eora_2010.zip", system)
    path.write_bytes(path.read_bytes()[:-300])
    with refused("not a complete zip file"):
        eora(path, system)


def test_labels_must_be_somewhere(folder, system):
    path = zipped(folder, 2010, with_labels=False)
    (folder / "indices.zip").unlink()
    with refused(r"nor in indices\.zip beside it"):
        eora(path, system)


MUTATED = ("labels_T.txt", "labels_Q.txt")


@pytest.mark.slow
@fuzz(30)
@given(
    name=st.sampled_from([T, T.replace("T", "FD"), T.replace("T", "Q"), *MUTATED]),
    place=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 60),
    put=st.sampled_from(["", "\t", "\n", '"', "-", "1e400", "x", "ROW", "9" * 30]),
)
def test_a_mutated_folder_is_read_or_refused(
    written, empty_project, name, place, length, put
):
    folder = empty_project / "eora"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(written, folder)
    mutate(folder / name, place, length, put)
    audit_or_refuse(lambda: eora(folder, world(LABELS)))
