"""Regions and sectors added up: flows, in every table, and nothing else."""

import csv
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.matrix_tables import expected_rows, stored
from support.random_systems import Size, know_some_mixes, random_system
from support.refusals import refusal_of
from support.systems import Region, Sector, System, Year
from support.tidy_folder import write_tidy
from support.tiny_folder import TinyFolder, contents

from carbonshed.aggregate import aggregate
from carbonshed.audit import audit_dataset
from carbonshed.cli import app
from carbonshed.cli.ingest import summary
from carbonshed.dataset import open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.readers.tidy import ingest_tidy

SIZE = Size(regions=4, sectors=4, categories=3)


def drawn(seed: int = 3, size: Size = SIZE, years: int = 2) -> System:
    """Return a system with imports and output too."""
    system = random_system(seed, size, years=years)
    rng = np.random.default_rng(seed)
    for year in system.years.values():
        n, R, C = year.final_demand.shape
        year.imports_by_sector = rng.uniform(0, 9, n)
        year.imports_by_category = rng.uniform(0, 9, (R, C))
        know_some_mixes(rng, year, share=0.9)
        year.output = rng.uniform(1, 9, n)
        # the rest and the world have people too, so that they may be merged
        year.population = [people or 1000 for people in year.population]
        year.gdp = [amount or 1e6 for amount in year.gdp]
    return system


def write_map(path: Path, key: str, rows: list[dict]) -> Path:
    """Write a map; the columns are those that any row has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    assert names[0] == key
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def maps_of(system: System, regions: list[int], sectors: list[int], folder: Path):
    """Write maps from the number of the new label of each old one."""
    region_rows = [
        {
            "region_id": region.id,
            "new_region_id": f"R{k}",
            "new_region_name": f"New {k}",
            "new_region_type": "country",
        }
        for region, k in zip(system.regions, regions, strict=True)
    ]
    sector_rows = [
        {
            "sector_id": sector.id,
            "new_sector_id": f"S{k}",
            "new_sector_group": "services",
            "new_is_power_supply": "false",
        }
        for sector, k in zip(system.sectors, sectors, strict=True)
    ]
    return {
        "regions": write_map(folder / "r.csv", "region_id", region_rows),
        "sectors": write_map(folder / "s.csv", "sector_id", sector_rows),
    }


def indicator(groups: list[int]) -> np.ndarray:
    """Return the matrix of old by new, ones where the old belongs to the new."""
    order = list(dict.fromkeys(groups))
    return np.array([[float(order[j] == k) for j in range(len(order))] for k in groups])


def _sum_known(amounts: list, G: np.ndarray) -> list:
    """Add up by column of G; a sum is known if all its parts are."""
    parts = [[amounts[i] for i in np.flatnonzero(column)] for column in G.T]
    return [None if None in each else sum(each) for each in parts]


def added_up(system: System, regions: list[int], sectors: list[int]) -> System:
    """Add up with indicator matrices, which no line of the product does."""
    G, H = indicator(regions), indicator(sectors)
    P = np.kron(G, H)  # producers
    years = {
        number: Year(
            transactions=P.T @ year.transactions @ P,
            final_demand=np.einsum("ip,ikc,kr->prc", P, year.final_demand, G),
            exports=year.exports @ P,
            emissions={q: cells @ P for q, cells in year.emissions.items()},
            direct={q: G.T @ cells for q, cells in year.direct.items()},
            population=_sum_known(year.population, G),
            gdp=_sum_known(year.gdp, G),
            value_added=None if year.value_added is None else year.value_added @ P,
            output=year.output @ P,
            imports_by_sector=year.imports_by_sector @ P,
            imports_by_category=G.T @ year.imports_by_category,
            imported_products=known_products(year, G, H),
        )
        for number, year in system.years.items()
    }
    new = [Region(f"R{k}", f"New {k}", "country") for k in dict.fromkeys(regions)]
    kinds = [Sector(f"S{k}", f"S{k}") for k in dict.fromkeys(sectors)]
    return replace(system, regions=new, sectors=kinds, years=years)


def known_products(year: Year, G: np.ndarray, H: np.ndarray) -> np.ndarray:
    """Add up what is known of imports; a group with one who does not know, does not."""
    R, C = year.imports_by_category.shape
    P, users = np.kron(G, H), np.kron(G, np.eye(C))
    zeros = np.zeros((len(P), users.shape[1]))
    B = np.block([[P, zeros], [np.zeros((R * C, P.shape[1])), users]])
    imports = np.concatenate([year.imports_by_sector, year.imports_by_category.ravel()])
    is_unknown = (imports != 0) & ~year.imported_products.any(axis=0)
    return H.T @ year.imported_products @ B * ~(is_unknown @ B > 0)


REGIONS = [0, 1, 0, 2, 1, 0, 1, 2]
SECTORS = [0, 1, 1, 0]


def assert_rows_equal(found: list[tuple], wanted: list[tuple], name: str) -> None:
    """Compare rows in any order; values to 1e-12 of the largest in the table."""
    cells = {row[:-1]: row[-1] for row in found}
    assert len(cells) == len(found), name
    expected = {row[:-1]: row[-1] for row in wanted}
    scale = max((abs(value) for value in expected.values()), default=0)
    for key in cells.keys() | expected.keys():
        assert cells.get(key, 0.0) == pytest.approx(
            expected.get(key, 0.0), rel=1e-12, abs=1e-12 * scale
        ), f"{name} {key}"


def test_every_table_is_added_up(empty_project):
    system = drawn()
    ingest_tidy(write_tidy(system, empty_project / "tidy", "parquet"), "a")
    dataset = aggregate("a", "b", **maps_of(system, REGIONS, SECTORS, empty_project))
    wanted = expected_rows(added_up(system, REGIONS, SECTORS))
    people = wanted.pop("region_years")
    found = stored(dataset, "region_years")
    assert [row[:3] for row in found] == [row[:3] for row in people]
    for row, expected in zip(found, people, strict=True):
        assert row[3] == pytest.approx(expected[3])
    for name, rows in wanted.items():
        assert rows, name
        assert_rows_equal(stored(dataset, name), rows, name)
    regions = pq.read_table(dataset.table("regions")).to_pylist()
    assert [row["region_name"] for row in regions] == ["New 0", "New 1", "New 2"]
    sectors = pq.read_table(dataset.table("sectors")).to_pylist()
    # a name that nobody gave and members do not agree on is the id
    assert [row["sector_name"] for row in sectors] == ["S0", "S1"]
    assert {row["sector_group"] for row in sectors} == {"services"}
    assert stored(dataset, "stressors") == stored(open_dataset("a"), "stressors")
    assert dataset.years == open_dataset("a").years
    assert dataset.notes[0].startswith("made from dataset a (")
    assert dataset.notes[0].endswith("8 regions to 3, 4 sectors to 2")
    # what the parent's notes say is of the parent
    one = {
        "new_region_id": "all",
        "new_region_name": "All",
        "new_region_type": "country",
    }
    rows = [{"region_id": row["region_id"], **one} for row in regions]
    whole = write_map(empty_project / "all.csv", "region_id", rows)
    again = aggregate("b", "c", regions=whole)
    assert again.notes[1:] == [f"b: {note}" for note in dataset.notes]
    assert summary(again).startswith("dataset 'c': 1 region x 2 sectors, years ")
    assert dataset.descriptor["title"].endswith("(aggregated)")
    # what is sorted in one is sorted in the other
    assert not audit_dataset(dataset).failed
    sorted_rows = sorted(row[:3] for row in stored(dataset, "transactions"))
    assert [row[:3] for row in stored(dataset, "transactions")] == sorted_rows


def test_a_province_is_no_part_of_itself(empty_project):
    system = drawn()
    system.regions = [
        replace(region, parent="R0" if k < 3 else "south")
        for k, region in enumerate(system.regions)
    ]
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    maps = maps_of(system, [0, 0, 0, 1, 1, 2, 2, 2], SECTORS, empty_project)
    regions = pq.read_table(aggregate("a", "b", **maps).table("regions")).to_pylist()
    parents = {row["region_id"]: row["parent_region_id"] for row in regions}
    assert parents == {"R0": None, "R1": "south", "R2": "south"}


def test_an_english_name_goes_with_the_name(empty_project):
    system = drawn()
    system.regions = [
        replace(region, name_en=f"English {k}")
        for k, region in enumerate(system.regions)
    ]
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    ids = [region.id for region in system.regions]
    rows = [{"region_id": region, "new_region_id": region} for region in ids]
    rows[0] |= {"new_region_name": "Another"}
    rows[1] |= {"new_region_name": "Its", "new_region_name_en": "Its English"}
    path = write_map(empty_project / "r.csv", "region_id", rows)
    regions = pq.read_table(aggregate("a", "b", regions=path).table("regions"))
    names = [row["region_name_en"] for row in regions.to_pylist()]
    assert names[:3] == [None, "Its English", "English 2"]


def test_one_to_one_changes_nothing(empty_project):
    system = drawn()
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    rows = [
        {"sector_id": sector.id, "new_sector_id": sector.id}
        for sector in system.sectors
    ]
    path = write_map(empty_project / "s.csv", "sector_id", rows)
    before, after = open_dataset("a"), aggregate("a", "b", sectors=path)
    assert before.rows == after.rows
    for name in ("regions", "sectors", "region_years", "transactions", "final_demand"):
        assert sorted(stored(before, name), key=str) == sorted(
            stored(after, name), key=str
        ), name
    assert stored(before, "transactions") == stored(after, "transactions")


@pytest.mark.parametrize("side", ["regions", "sectors"])
def test_household_groups_stay_behind_together(empty_project, side):
    """What groups spend on a sector says nothing of a sum; labels name both."""
    folder = TinyFolder(empty_project / "tidy")
    folder.refine()
    ingest_tidy(folder.write(), "a")
    key = side.removesuffix("s") + "_id"
    ids = [row[key] for row in folder.tables[side]]
    rows = [{key: label, f"new_{key}": label} for label in ids]
    path = write_map(empty_project / "map.csv", key, rows)
    dataset = aggregate("a", "b", **{side: path})
    tables = ("labels", "household_groups", "household_spending")
    assert [dataset.rows[table] for table in tables] == [0, 0, 0]
    assert [note for note in dataset.notes if "household" in note] == [
        "left out: labels, household_groups, household_spending, which are of the "
        "regions and sectors of a"
    ]


def rows_of(system: System) -> list[dict]:
    return [
        {"sector_id": s.id, "new_sector_id": "all", "new_sector_group": "services"}
        for s in system.sectors
    ]


def put(numbers, **cells):
    """Return a change of rows of a map; no numbers are all rows."""

    def change(rows):
        for number in numbers or range(len(rows)):
            rows[number].update(cells)

    return change


def again(**cells):
    """Return a change that adds the first row once more, with other cells."""
    return lambda rows: rows.append({**rows[0], **cells})


WRONG = {
    "a label is not in the map": (
        lambda rows: rows.pop(),
        ["1 of 4 labels of the dataset are not in the map: 'Elektrizität'"],
    ),
    "a label is not in the dataset": (
        again(sector_id="farms"),
        ["1 labels are not in", "'farms'"],
    ),
    "a label goes to two": (
        again(new_sector_id="other"),
        ["sector_id '01' goes to 'all' and to 'other'", "never split"],
    ),
    "a row is there twice": (again(), ["data rows 1 and 5 are the same"]),
    "two groups": (
        put([0], new_sector_group="energy"),
        ["`new_sector_group` of 'all' is 'energy' and 'services'"],
    ),
    "no group": (
        put([], new_sector_group=""),
        ["members of 'all' differ in `sector_group`", "expected `new_sector_group`"],
    ),
    "a group that does not exist": (
        put([0], new_sector_group="farms"),
        ["`new_sector_group` is 'farms'"],
    ),
    "a reserved id": (
        put([], new_sector_id="EXPORT"),
        ["`new_sector_id` is 'EXPORT'"],
    ),
    "no new label": (put([0], new_sector_id=""), ["`new_sector_id` is empty"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_map_says_so(case, empty_project):
    system = drawn(years=1)
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    spoil, parts = WRONG[case]
    rows = rows_of(system)
    spoil(rows)
    said = refusal(
        empty_project, sectors=write_map(empty_project / "s.csv", "sector_id", rows)
    )
    assert said.startswith("s.csv: ")
    for part in parts:
        assert part in said


def refusal(project: Path, new_name: str = "b", **maps) -> str:
    before = contents(project / "data")
    error = refusal_of(aggregate, "a", new_name, **maps)
    assert contents(project / "data") == before
    assert "\n" not in error
    return error


def test_question_context_makes_no_sense(empty_project):
    system = drawn(years=1)
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    maps = maps_of(system, REGIONS, SECTORS, empty_project)
    assert "nothing to aggregate" in refusal(empty_project)
    assert "choose another" in refusal(empty_project, "a", **maps)
    assert "reserved" in refusal(empty_project, "main", **maps)
    assert "no such file (--regions)" in refusal(
        empty_project, regions=empty_project / "x.csv"
    )
    assert "is a folder (--regions)" in refusal(empty_project, regions=empty_project)


def test_people_that_are_not_known(empty_project):
    """The rest has none: a region that is ranked may not take it in."""
    system = drawn(years=1)
    rest = next(k for k, r in enumerate(system.regions) if r.type == "remainder")
    for year in system.years.values():
        year.population[rest] = None
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    path = maps_of(system, REGIONS, SECTORS, empty_project)["regions"]
    said = refusal(empty_project, regions=path)
    assert said.startswith(f"region 'R{REGIONS[rest]}' would be without people")
    text = path.read_text("utf-8").replace("country", "remainder")
    path.write_text(text, "utf-8")
    dataset = aggregate("a", "b", regions=path)
    people = {row[1]: row[2] for row in stored(dataset, "region_years")}
    assert people[f"R{REGIONS[rest]}"] is None


def test_a_total_that_changes_is_refused(empty_project, monkeypatch):
    system = drawn(years=1)
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    module = sys.modules[aggregate.__module__]
    original = module.flow_statement

    def lossy(table: str) -> str:
        return f"{original(table)} limit 3"

    monkeypatch.setattr(module, "flow_statement", lossy)
    said = refusal(empty_project, **maps_of(system, REGIONS, SECTORS, empty_project))
    assert "would change from" in said


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Ingest a system once; return it, its folder and its dataset."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "dbt_project.yml").touch()
    system = drawn(years=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return system, folder, ingest_tidy(write_tidy(system, folder / "tidy"), "a")


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_spoiled_maps_are_refused_or_lose_nothing(small, seed, count):
    system, folder, before = small
    chance = random.Random(seed)
    path = maps_of(system, REGIONS, SECTORS, folder)["regions"]
    content = bytearray(path.read_bytes())
    for _ in range(count):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(bytes(content))
    shutil.rmtree(folder / "data" / "b", ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        try:
            after = aggregate("a", "b", regions=path)
        except CarbonshedError:
            assert not (folder / "data" / "b").exists()
            return
        assert not audit_dataset(after).failed
        totals = [
            sum(row[-1] for row in stored(d, "emissions")) for d in (before, after)
        ]
        assert totals[1] == pytest.approx(totals[0])


def test_the_command(empty_project, monkeypatch, capsys):
    system = drawn(years=1)
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "a")
    maps = maps_of(system, REGIONS, SECTORS, empty_project)
    arguments = ["carbonshed", "aggregate", "a", "--name", "b"]
    for option, path in maps.items():
        arguments += [f"--{option}", str(path)]
    monkeypatch.setattr(sys, "argv", arguments)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        app()
    assert not end.value.code
    printed = capsys.readouterr().out
    assert "dataset 'b': 3 regions x 2 sectors" in printed
    assert "8 regions to 3, 4 sectors to 2" in printed
    assert "dbt build --vars 'dataset: b'" in printed
