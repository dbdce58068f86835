"""Systems that pymrio saved, and the way back: nothing may change."""

import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.matrix_tables import expected_rows, stored
from support.random_systems import Size, random_system
from support.refusals import refused
from support.tidy_folder import write_tidy
from support.world_reading import audit_or_refuse, fuzz, mutate

from carbonshed.dataset import open_dataset
from carbonshed.export.pymrio import NOT_CARRIED, export_pymrio
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.tidy import ingest_tidy

pymrio = pytest.importorskip("pymrio")

SECTORS = """\
sector_id,sector_name,sector_group,is_power_supply
food,Food,agriculture,false
mining,Mining,energy,false
manufactoring,Manufacturing,heavy_industry,false
electricity,Electricity,energy,true
construction,Construction,construction,false
trade,Trade,services,false
transport,Transport,services,false
other,Other,services,false
"""


@pytest.fixture(autouse=True)
def sectors(empty_project):
    """Write the groups of sectors that the test system does not say."""
    path = empty_project / "sectors.csv"
    path.write_text(SECTORS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """Return pymrio's test system in each form that it can be saved in."""
    folder = tmp_path_factory.mktemp("saved")
    for table_format in ("txt", "parquet"):
        pymrio.load_test().save_all(folder / table_format, table_format=table_format)
    with zipfile.ZipFile(folder / "zip.zip", "w") as archive:
        for path in sorted((folder / "txt").rglob("*")):
            archive.write(path, f"test/{path.relative_to(folder / 'txt')}")
    return folder


@pytest.fixture
def system(saved, empty_project):
    """Return a copy of the saved system that a test may spoil."""
    return shutil.copytree(saved / "txt", empty_project / "system")


def read(source, project, **options):
    options = {"year": 2010, "sectors": project / "sectors.csv", **options}
    return ingest("from-pymrio", source, IngestOptions("a", **options))


def export(name, folder, table_format="parquet", year=None):
    dataset = open_dataset(name)
    return export_pymrio(dataset, folder, year, table_format, lambda step, share: None)


def assert_same(found, expected):
    """Compare two frames to 1e-12 of their largest cell, labels and names too."""
    assert list(found.index) == list(expected.index)
    assert list(found.columns) == list(expected.columns)
    assert list(found.index.names) == list(expected.index.names)
    values = expected.to_numpy(dtype=float)
    assert np.abs(values).max() > 0
    error = np.abs(found.to_numpy(dtype=float) - values).max()
    assert error <= 1e-12 * np.abs(values).max()


@pytest.mark.parametrize("form", ["txt", "parquet", "zip.zip"])
@pytest.mark.parametrize("back", ["txt", "parquet"])
def test_a_system_goes_through_a_dataset_unchanged(saved, empty_project, form, back):
    read(saved / form, empty_project)
    assert export("a", empty_project / "out", back) == 2010
    expected, found = pymrio.load_test(), pymrio.load_all(empty_project / "out")
    for name in ("Z", "Y", "population"):
        assert_same(getattr(found, name), getattr(expected, name))
    for name in ("F", "F_Y"):
        assert_same(getattr(found.emissions, name), getattr(expected.emissions, name))
    assert_same(found.factor_inputs.F, expected.factor_inputs.F)
    assert found.factor_inputs.F_Y is None
    for extension in ("emissions", "factor_inputs"):
        units = getattr(found, extension).unit
        assert units.equals(getattr(expected, extension).unit.reindex(units.index))
    assert set(found.unit["unit"]) == {"Mill USD"}
    expected.calc_system()
    assert_same(found.x, expected.x)


def test_accounts_of_pymrio_stay_the_same(saved, empty_project):
    read(saved / "txt", empty_project)
    export("a", empty_project / "out")
    expected, found = pymrio.load_test(), pymrio.load_all(empty_project / "out")
    expected.calc_all()
    found.calc_all()
    ours, theirs = found.emissions.D_cba_reg, expected.emissions.D_cba_reg
    np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), rtol=1e-9)


def test_what_the_dataset_holds(saved, empty_project):
    dataset = read(saved / "txt", empty_project)
    system = pymrio.load_test()
    assert dataset.years == [2010]
    assert dataset.rows["region_sectors"] == 48
    cells = {row[1:3]: row[3] for row in stored(dataset, "transactions")}
    Z = system.Z.to_numpy()
    assert cells == {(i, j): Z[i, j] for i, j in zip(*np.nonzero(Z), strict=True)}
    groups = [row[2] for row in stored(dataset, "final_demand_categories")]
    assert groups == [
        "household",
        "household",
        "government",
        "investment",
        "inventory",
        "other",
        "other",
    ]
    assert stored(dataset, "stressors") == [
        (name, name, "kg")
        for name in ("emission_type1 | air", "emission_type2 | water")
    ]
    assert dataset.descriptor["mrio"]["currency_unit"] == 1e6
    assert stored(dataset, "region_years")[0] == (2010, "reg1", 780_000_000, None)
    components = {row[2] for row in stored(dataset, "value_added")}
    assert components == {"Value Added"}


def test_a_world_table_has_assumptions_beside_it(saved, empty_project):
    folder = empty_project / "mine"
    folder.mkdir()
    (folder / "characterisation_factors.csv").write_text(
        "impact_id,stressor_id,value,source\nwarming,emission_type1,2.5,a book\n"
    )
    errors = "component,region_id,sector_id,relative_standard_error\n"
    path = folder / "relative_errors.csv"
    path.write_text(f"{errors}transactions,reg2,food,0.25\n")
    dataset = read(saved / "txt", empty_project, assumptions=folder)
    assert stored(dataset, "characterisation_factors") == [
        ("warming", "emission_type1", 2.5, "a book")
    ]
    assert stored(dataset, "relative_errors") == [
        ("transactions", None, "reg2", "food", 0.25)
    ]
    path.write_text(f"{errors}transactions,reg9,food,0.25\n")
    with refused(r"relative_errors.csv: data row 1: .*reg9"):
        read(saved / "txt", empty_project, assumptions=folder)


def test_stressors_are_chosen_named_and_added_up(saved, empty_project):
    options = ("all=emission_type1", "all=emissions: emission_type2 | water")
    dataset = read(saved / "txt", empty_project, stressors=options)
    assert [row[0] for row in stored(dataset, "stressors")] == ["all"]
    total = sum(row[3] for row in stored(dataset, "emissions"))
    assert total == pytest.approx(pymrio.load_test().emissions.F.to_numpy().sum())


def test_units_of_emissions_become_those_of_the_contract(system, empty_project):
    units = pd.read_csv(system / "emissions" / "unit.txt", sep="\t", index_col=[0, 1])
    units["unit"] = ["Gg", "g"]
    units.to_csv(system / "emissions" / "unit.txt", sep="\t")
    dataset = read(system, empty_project)
    assert [row[2] for row in stored(dataset, "stressors")] == ["kt", "kg"]
    F = pymrio.load_test().emissions.F.to_numpy()
    sums = {}
    for _, stressor, _, value in stored(dataset, "emissions"):
        sums[stressor] = sums.get(stressor, 0.0) + value
    np.testing.assert_allclose(list(sums.values()), F.sum(axis=1) * [1, 1e-3])


def test_labels_in_another_order_are_put_in_ours(system, empty_project):
    for name, header in (("Z", [0, 1]), ("Y", [0, 1])):
        frame = pd.read_csv(
            system / f"{name}.txt", sep="\t", index_col=[0, 1], header=header
        )
        frame = frame.iloc[::-1, ::-1] if name == "Z" else frame.iloc[::3, :]
        if name == "Y":
            whole = pymrio.load_test().Y
            frame = pd.concat([frame, whole.drop(index=frame.index)])
        frame.to_csv(system / f"{name}.txt", sep="\t", float_format="%.17g")
    dataset = read(system, empty_project)
    assert stored(dataset, "regions")[0][0] == "reg6"
    export("a", empty_project / "out")
    found, expected = pymrio.load_all(empty_project / "out"), pymrio.load_test()
    for name in ("Z", "Y"):
        there = getattr(expected, name)
        here = getattr(found, name).reindex(index=there.index, columns=there.columns)
        assert_same(here, there)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("table_format", ["parquet"])
def test_a_dataset_goes_through_pymrio_unchanged(empty_project, seed, table_format):
    given_system = random_system(seed, Size(regions=4, sectors=3), years=2)
    ingest_tidy(write_tidy(given_system, empty_project / "tidy"), "first")
    year = sorted(given_system.years)[0]
    export("first", empty_project / "out", table_format, year)
    again = ingest("from-pymrio", empty_project / "out", IngestOptions("again"))
    given_system.years = {year: given_system.years[year]}
    expected = expected_rows(given_system)
    for name in expected:
        here = [] if name in NOT_CARRIED else expected[name]
        assert stored(again, name) == pytest.approx(here), name
    for name in ("regions", "sectors", "final_demand_categories", "stressors"):
        assert stored(again, name) == stored(open_dataset("first"), name), name
    first = open_dataset("first").descriptor["mrio"]
    assert again.descriptor["mrio"] == first


def test_exports_are_a_category_of_the_region_that_delivers(empty_project):
    given_system = random_system(1, Size(regions=3, sectors=2))
    ingest_tidy(write_tidy(given_system, empty_project / "tidy"), "first")
    year = min(given_system.years)
    export("first", empty_project / "out", year=year)
    found = pymrio.load_all(empty_project / "out")
    found_exports = found.Y.loc[:, (slice(None), "EXPORT")]
    exports = given_system.years[year].exports
    assert exports.any()
    np.testing.assert_allclose(found_exports.sum(axis=1).to_numpy(), exports)
    for region in given_system.regions:
        own = found_exports[(region.id, "EXPORT")]
        assert not own.drop(index=region.id, level=0).any()
    found_exports.iloc[0, -1] = 1.0
    found.Y.loc[:, (slice(None), "EXPORT")] = found_exports
    found.Y.to_parquet(empty_project / "out" / "Y.parquet")
    with refused("exports of other regions in"):
        ingest("from-pymrio", empty_project / "out", IngestOptions("again"))


def _file_of_z(name):
    """Return what says that Z is in another file."""
    return _replace("file_parameters.json", '"Z.txt"', f'"{name}"')


def _replace(name, old, new, count=-1):
    def change(system):
        path = system / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, count), encoding="utf-8")

    return change


def _without(name):
    return lambda system: (system / name).unlink()


def _truncate(system):
    text = (system / "Z.txt").read_text(encoding="utf-8")
    (system / "Z.txt").write_text(text[: len(text) // 2], encoding="utf-8")


WRONG = {
    "pickle": (_file_of_z("Z.pkl"), "Z is a pickle"),
    "elsewhere": (_file_of_z("../Z.txt"), "expected a file of the same folder"),
    "no parameters": (_without("file_parameters.json"), "of a whole system"),
    "not json": (_replace("file_parameters.json", "{", "(", 1), "is not JSON"),
    "no Y": (_without("Y.txt"), "cannot read it: FileNotFoundError"),
    "label twice": (
        _replace("Z.txt", "reg1\tmining\t", "reg1\tfood\t"),
        "number 1 and",
    ),
    "other sector": (_replace("Y.txt", "reg1\tmining\t", "reg1\tgold\t"), "'gold'"),
    "label missing": (_replace("Z.txt", "reg2\tfood", "\tfood"), "is missing"),
    "label NA": (_replace("Z.txt", "reg2\tfood", "NA\tfood"), "save such a system as"),
    "text": (_replace("Z.txt", "reg2\tfood\t", "reg2\tfood\tmany"), "not a number"),
    "underscore": (
        _replace("Z.txt", "reg2\tfood\t", "reg2\tfood\t1_0"),
        "not a number",
    ),
    "two units": (_replace("unit.txt", "Mill USD", "kg", 1), "2 units"),
    "no money": (_replace("unit.txt", "Mill USD", "apples"), "'apples'"),
    "category": (_replace("Y.txt", "Export", "Gifts"), "are not known; give --map"),
    "no mass": (_replace("emissions/unit.txt", "kg", "TJ"), "unit of mass"),
    "half a table": (_truncate, "rows of Y|columns of Z"),
    "people": (_replace("population.txt", "290000000", "many"), "expected a number"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_system_says_so(system, empty_project, case):
    spoil, message = WRONG[case]
    spoil(system)
    with refused(message):
        read(system, empty_project)
    assert not (empty_project / "data" / "a").exists()


def test_sectors_without_a_group_are_listed(saved, empty_project):
    with refused(r"such as 'food', 'mining'.*--sectors"):
        read(saved / "txt", empty_project, sectors=None)


def test_a_map_names_groups_of_categories(system, empty_project):
    for name in ("Y.txt", "emissions/F_Y.txt"):
        _replace(name, "Export", "Gifts")(system)
    categories = pymrio.load_test().Y.columns.get_level_values("category").unique()
    lines = ["title: Mine", "country: FIN", "categories:"]
    lines += [f"  {name}: other" for name in categories if name != "Export"]
    (empty_project / "map.yaml").write_text("\n".join([*lines, "  Gifts: government"]))
    dataset = read(system, empty_project, map=empty_project / "map.yaml")
    groups = [row[2] for row in stored(dataset, "final_demand_categories")]
    assert groups == ["other"] * 6 + ["government"]
    assert dataset.descriptor["mrio"]["country"] == "FIN"
    assert dataset.title == "Mine"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("categories: [", "not YAML"),
        ("groups: {}", "is not a key of a map"),
        ("categories: {Export: gift}", "is of group 'gift'"),
        ("categories: {Export: other}", "no group for the categories"),
        ("country: [7]", "expected a text"),
    ],
)
def test_a_wrong_map_says_so(saved, empty_project, text, message):
    (empty_project / "map.yaml").write_text(text)
    with refused(message):
        read(saved / "txt", empty_project, map=empty_project / "map.yaml")


def test_a_cut_zip_says_so(saved, empty_project):
    content = (saved / "zip.zip").read_bytes()
    (empty_project / "cut.zip").write_bytes(content[: len(content) // 2])
    with refused("not a complete zip file"):
        read(empty_project / "cut.zip", empty_project)


def test_the_year_must_be_said(saved, empty_project):
    with refused("a pymrio system has no year"):
        read(saved / "txt", empty_project, year=None)


def test_pymrio_is_asked_for_by_its_extra(saved, empty_project, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pymrio", None)
    with refused(r"pip install -e '.\[world\]'"):
        read(saved / "txt", empty_project)


def test_metadata_of_other_tables_is_refused(saved, empty_project):
    read(saved / "txt", empty_project)
    export("a", empty_project / "out")
    change = _replace("carbonshed.json", '"food"', '"feed"')
    change(empty_project / "out")
    with refused("have other sector_ids"):
        ingest("from-pymrio", empty_project / "out", IngestOptions("b"))


def test_labels_that_text_would_change_are_not_written_as_text(empty_project):
    system = random_system(0, Size(regions=2, sectors=2))
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "first")
    with refused(r"region '01'.*--table-format parquet"):
        export("first", empty_project / "out", "txt", min(system.years))
    assert not (empty_project / "out").exists()


def test_an_export_overwrites_nothing(saved, empty_project):
    read(saved / "txt", empty_project)
    (empty_project / "out").mkdir()
    (empty_project / "out" / "mine.txt").touch()
    with refused("not an empty folder"):
        export("a", empty_project / "out")
    with refused("has no year 1999; it has 2010"):
        export("a", empty_project / "new", year=1999)
    with refused("expected one of parquet, txt"):
        export("a", empty_project / "new", "csv")


@pytest.mark.parametrize("was_there", [True, False])
def test_an_export_that_fails_leaves_nothing(
    saved, empty_project, monkeypatch, was_there
):
    read(saved / "txt", empty_project)
    folder = empty_project / "out"
    if was_there:
        folder.mkdir()
    to_parquet = pd.DataFrame.to_parquet

    def full(frame, path):
        if path.name == "Z.parquet":
            assert (folder / "emissions" / "F.parquet").exists()
            # killed here, nobody would take the folder for a whole system
            assert not (folder / "file_parameters.json").exists()
            raise OSError(28, "No space left on device")
        to_parquet(frame, path)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with refused("cannot be written: No space left"):
        export("a", folder)
    assert folder.exists() == was_there
    assert not was_there or not any(folder.iterdir())


MUTATED = ["Z.txt", "Y.txt", "unit.txt", "population.txt", "metadata.json"]
MUTATED += ["file_parameters.json", "emissions/file_parameters.json"]
MUTATED += ["emissions/F.txt", "emissions/F_Y.txt", "emissions/unit.txt"]


@pytest.mark.slow
@fuzz(40)
@given(
    name=st.sampled_from(MUTATED),
    place=st.floats(0, 1, exclude_max=True),
    length=st.integers(0, 40),
    put=st.sampled_from(["", "\t", "\n", "NaN", "inf", "1e400", "x", "-", "{", "\x00"]),
)
def test_a_mutated_system_is_read_or_refused(
    saved, empty_project, name, place, length, put
):
    folder = empty_project / "mutated"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(saved / "txt", folder)
    mutate(folder / name, place, length, put)
    audit_or_refuse(lambda: read(folder, empty_project))
