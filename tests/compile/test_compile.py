"""A compiled dataset from files: what it holds, and every refusal."""

import csv
import io
import json
import re
import shutil
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from support.random_systems import Size, random_system
from support.refusals import refusal_of
from support.systems import System
from support.tidy_folder import write_tidy
from support.tiny_folder import contents

from carbonshed.aggregate import aggregate
from carbonshed.audit import audit_dataset
from carbonshed.audit.checks import CheckResult
from carbonshed.cli import app
from carbonshed.compile import compile_dataset, write_variants
from carbonshed.compile.messages import _above
from carbonshed.compile.statistics_folder import STATISTICS_TABLES
from carbonshed.dataset import Dataset, open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.household_groups import HOUSEHOLD_TABLES
from carbonshed.readers.templates import write_household_template
from carbonshed.readers.tidy import ingest_tidy

TINY = 1e-9  # what sums leave where a whole cell was 0
TOWNS = ("one", "two", "three")
SECTORS = ("01", "1", "NaN", "Elektrizität")  # of `parent_system`
# rows of the files, to be changed
OF_ONE = {"year": 2010, "region_id": "one"}
FIGURE = OF_ONE | {
    "measure": "value_added",
    "sector_id": "",
    "label_id": "",
    "value": 1,
}
FLOW = {"year": 2010, "origin_region_id": "one", "destination_region_id": "two"}
SHARE = FLOW | {"sector_id": "01"}
OF_01 = OF_ONE | {"sector_id": "01"}
CO2 = OF_ONE | {"stressor_id": "co2", "value": 1}


def parent_system(regions: int = 1) -> System:
    """Return a random parent with imports of sectors and final users."""
    size = Size(
        regions=regions,
        sectors=4,
        categories=3,
        has_remainder=regions > 1,
        has_rest_of_world=False,
        has_twins=False,
    )
    system = random_system(4, size, years=2)
    rng = np.random.default_rng(4)
    for year in system.years.values():
        n, R, C = year.final_demand.shape
        year.imports_by_sector = rng.uniform(0, 9, n)
        year.imports_by_category = rng.uniform(0, 9, (R, C))
    return system


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    """Ingest a parent with one region, in a project to be copied."""
    root = tmp_path_factory.mktemp("ingested")
    (root / "dbt_project.yml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        ingest_tidy(write_tidy(parent_system(), root / "parent_tables"), "parent")
        folder = write_statistics(root / "earlier", three_towns(parent_system()))
        compile_dataset(folder, "parent", "earlier")
    return root


@pytest.fixture
def parent(empty_project, ingested):
    """Return a parent with one region, whose dataset is in the project."""
    shutil.copytree(ingested, empty_project, dirs_exist_ok=True)
    return parent_system()


def write_statistics(folder: Path, tables: dict[str, list[dict]]) -> Path:
    """Write a folder of statistics; columns are those that any row has."""
    folder.mkdir(exist_ok=True)
    descriptor = {"name": "towns", "title": "Towns", "sources": [{"title": "Office"}]}
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    for name, rows in tables.items():
        write_rows(folder / f"{name}.csv", rows)
    return folder


def write_rows(path: Path, rows: list[dict]) -> None:
    """Write a file of statistics, without rows its header."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if not rows:
        columns = list(STATISTICS_TABLES[path.stem].column_names)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def three_towns(system: System, parent: str = "") -> dict[str, list[dict]]:
    """Return the required files, and some of the others, for three regions."""
    figures = [(year, k) for year in system.years for k in range(3)]
    return {
        "regions": [
            {
                "region_id": town,
                "region_name": town.title(),
                "parent_region_id": parent,
                "region_type": "city",
                "longitude": 20 + k,
                "latitude": 60 - k,
            }
            for k, town in enumerate(TOWNS)
        ],
        "region_years": [
            {"year": year, "region_id": TOWNS[k], "population": 10 + k}
            | {"gdp": 100 * (k + 1)}
            for year, k in figures
        ],
        "activity": [
            FIGURE
            | {"year": year, "region_id": TOWNS[k]}
            | {"label_id": "broad", "value": k + 1}
            for year, k in figures
        ],
        "labels": [
            {"label_id": "broad", "sector_id": sector.id}
            for sector in system.sectors[:2]
        ],
    }


def run(monkeypatch, *arguments: str) -> int | str | None:
    """Run the command line; return its exit code, of a refusal what it says."""
    errors = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["carbonshed", *map(str, arguments)])
        patch.setattr(sys, "stderr", errors)
        with pytest.raises(SystemExit) as end:
            app()
    errors.seek(0)
    said = errors.read()
    print(said, end="", file=sys.stderr)
    return said if end.value.code == 1 else end.value.code


def totals(name: str, table: str, *keys: str) -> dict[tuple, float]:
    """Return sums of a stored table by some columns."""
    path = open_dataset(name).table(table)
    by = ", ".join(keys)
    rows = duckdb.sql(f"select {by}, sum(value) from '{path}' group by {by}").fetchall()
    return {tuple(key): value for *key, value in rows if abs(value) > TINY}


def map_to_one(project: Path) -> Path:
    """Write the map that adds all towns up."""
    path = project / "one.csv"
    rows = "".join(f"{town},all,All,country\n" for town in TOWNS)
    head = "region_id,new_region_id,new_region_name,new_region_type\n"
    path.write_text(head + rows)
    return path


def assert_adds_up(name: str, parent: str) -> None:
    """Every stored total of the parent is that of the dataset."""
    for table, keys in {
        "transactions": ("year",),
        "final_demand": ("year", "category_id"),
        "exports": ("year",),
        "imports": ("year", "sector_id", "category_id"),
        "value_added": ("year", "component_id"),
        "emissions": ("year", "stressor_id"),
        "direct_emissions": ("year", "stressor_id", "category_id"),
    }.items():
        found, wanted = (totals(each, table, *keys) for each in (name, parent))
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9), table


def test_a_nation_becomes_towns(parent, empty_project, monkeypatch, capsys):
    folder = write_statistics(empty_project / "towns", three_towns(parent))
    assert run(
        monkeypatch, "compile", folder, "--parent", "parent", "--name", "towns"
    ) in (0, None)
    said = capsys.readouterr().out
    assert "compiled estimate" in said
    assert "sweeps" in said
    assert re.search(
        r"share of their own in what regions buy from their parent region, by sector"
        r" group: \w+ \d+ %,? ",
        said,
    )
    assert not re.search(r"\d%", said)
    dataset = open_dataset("towns")
    assert dataset.years == open_dataset("parent").years
    assert dataset.title == "Towns (compiled)"
    made = dataset.descriptor["mrio"]["compiled"]
    assert made["parent"] == "parent"
    assert set(made["files"]) == {
        "datapackage.json",
        *(f"{name}.csv" for name in three_towns(parent)),
    }
    (row,) = duckdb.sql(
        f"select is_compiled from '{dataset.table('dataset')}'"
    ).fetchall()
    assert row == (True,)
    assert_adds_up("towns", "parent")
    # the parent back, by adding the towns up
    aggregate("towns", "back", regions=map_to_one(empty_project))
    assert_adds_up("back", "parent")
    cells, wanted = (
        totals(name, "transactions", "year", "origin_id", "destination_id")
        for name in ("back", "parent")
    )
    assert cells == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_the_order_of_rows_and_files_is_without_effect(parent, empty_project):
    tables = three_towns(parent)
    compile_dataset(write_statistics(empty_project / "a", tables), "parent", "first")
    turned = {name: rows[::-1] for name, rows in reversed(tables.items())}
    compile_dataset(write_statistics(empty_project / "b", turned), "parent", "second")
    found = []
    for name in ("first", "second"):
        dataset = open_dataset(name)
        found.append(
            duckdb.sql(f"""
                select flows.year, region_id, category_id, sector_id, sum(value)
                from '{dataset.table("final_demand")}' as flows
                inner join (
                    select region_sector_id, sector_id
                    from '{dataset.table("region_sectors")}'
                ) on origin_id = region_sector_id
                group by all order by all
            """).fetchall()
        )
    assert [row[:4] for row in found[0]] == [row[:4] for row in found[1]]
    assert [row[4] for row in found[0]] == pytest.approx([row[4] for row in found[1]])


def test_regions_of_a_parent_with_several(empty_project):
    """Towns buy abroad what their parent region buys, each in its own amount."""
    system = parent_system(3)
    rng = np.random.default_rng(5)
    for year in system.years.values():
        bought = np.append(year.imports_by_sector, year.imports_by_category)
        mix = rng.dirichlet(np.ones(len(system.sectors)), len(bought)).T
        mix[:, ::3] = 0.0  # of these buyers it is not known
        year.imported_products = mix * bought
    split, *whole = (region.id for region in system.regions)
    kept, sector = whole[0], system.sectors[0].id
    system.import_intensities = [(None, None, sector, 0.5), (None, None, None, 0.1)]
    tidy = write_tidy(system, empty_project / "parent_tables")
    (tidy / "relative_errors.csv").write_text(
        "component,region_id,sector_id,relative_standard_error\n"
        f"emissions,,{sector},0.2\nexports,{kept},,0.3\nexports,{split},,0.4\n"
    )
    charges = {"abroad": "EXPORT", "union": kept, "lost": split}
    (tidy / "border_charges.csv").write_text(
        "charge_id,kind,id,value\n"
        + "".join(
            f"{charge},zone,{zone},\n{charge},product,{sector},\n{charge},price,,9\n"
            for charge, zone in charges.items()
        )
        + "union,paid_at_home,,5\n"
    )
    (tidy / "carbon_prices.csv").write_text(
        "price_id,price,region_id\n"
        f"levy,30,\nlevy,60,{split}\nlocal,5,{kept}\neven,9,\n"
    )
    ingest_tidy(tidy, "parent")
    folder = write_statistics(empty_project / "towns", three_towns(system, split))
    dataset = compile_dataset(folder, "parent", "towns")

    def rows(name, table):
        return pq.read_table(open_dataset(name).table(table)).to_pylist()

    regions = [row["region_id"] for row in rows("towns", "regions")]
    assert regions == ["one", "two", "three", *whole]
    assert_adds_up("towns", "parent")
    buyer = ("year", "region_id", "sector_id", "category_id")
    of_towns, of_parent = (
        {
            tuple(row[key] for key in (*buyer, "product_id")[: len(row) - 1]): row[
                "value"
            ]
            for table in ("imports", "imported_products")
            for row in rows(name, table)
        }
        for name in ("towns", "parent")
    )
    places = dict.fromkeys(TOWNS, split)
    compared = 0
    for (year, region, *user), amount in of_towns.items():
        theirs = (year, places.get(region, region), *user[:2])
        if len(user) == 3:
            share = of_parent[*theirs, user[2]] / of_parent[theirs]
            expected = share * of_towns[year, region, *user[:2]]
            assert amount == pytest.approx(expected, rel=1e-9)
            compared += region in places
    known = [key for key in of_parent if len(key) == 5 and key[1] == split]
    assert compared == 3 * len(known) > 0

    assert rows("towns", "import_intensities") == rows("parent", "import_intensities")
    errors = rows("parent", "relative_errors")
    assert rows("towns", "relative_errors") == [
        row for row in errors if row["region_id"] in (None, kept)
    ]
    left_out = (
        "left out: 1 row of relative_errors of the parent parent, of regions that are "
        "split; their own go into relative_errors.csv of towns"
    )
    # the whole of a charge whose zone is split, and of a price with a row for it
    for table, key, lost in (
        ("carbon_prices", "price_id", "levy"),
        ("border_charges", "charge_id", "lost"),
    ):
        assert rows("towns", table) == [
            row for row in rows("parent", table) if row[key] != lost
        ]
    assert {
        "import_intensities: 2 rows of the parent parent",
        "relative_errors: 2 rows of the parent parent",
        "border_charges: 7 rows of the parent parent",
        left_out,
        re.sub(
            "relative_errors", "border_charges", left_out.replace("1 row", "3 rows")
        ),
    } <= {*dataset.notes}

    path = folder / "relative_errors.csv"
    path.write_text("component,region_id,relative_standard_error\nemissions,two,0.6\n")
    again = compile_dataset(folder, "parent", "towns")
    assert [row["region_id"] for row in rows("towns", "relative_errors")] == ["two"]
    in_place = "relative_errors: as in relative_errors.csv, in place of 3 rows of the"
    assert f"{in_place} parent parent" in again.notes
    # a file without rows says that there are none
    path.write_text("component,region_id,relative_standard_error\n")
    compile_dataset(folder, "parent", "towns")
    assert rows("towns", "relative_errors") == []


def test_a_region_that_is_named_alone_has_the_figures_of_the_folder(empty_project):
    system = parent_system(3)
    write_tidy(system, empty_project / "parent_tables")
    ingest_tidy(empty_project / "parent_tables", "parent")
    split, named, *_ = [region.id for region in system.regions]
    tables = three_towns(system, split)
    alone = {
        "region_id": named,
        "region_name": "With a place",
        "parent_region_id": named,
        "region_type": "city",
        "longitude": 5,
        "latitude": 5,
    }
    tables["regions"].append(alone)
    for year in system.years:
        people = {"year": year, "region_id": named, "population": 7, "gdp": 70}
        tables["region_years"].append(people)
    compile_dataset(
        write_statistics(empty_project / "towns", tables), "parent", "towns"
    )
    path = open_dataset("towns").table("region_years")
    rows = duckdb.sql(
        "select distinct population, gdp from read_parquet($path)"
        " where region_id = $id",
        params={"path": str(path), "id": named},
    ).fetchall()
    assert rows == [(7, 70.0)]
    assert_adds_up("towns", "parent")


def test_regions_are_called_what_the_folder_of_statistics_calls_them(
    parent, empty_project
):
    """The parent's noun is another one; added up, towns are no towns any more."""
    folder = write_statistics(empty_project / "towns", three_towns(parent))
    nouns = {"region_noun": "small town", "region_noun_plural": "small towns"}
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text())
    path.write_text(json.dumps(descriptor | {"mrio": nouns}))
    towns = compile_dataset(folder, "parent", "towns")
    assert nouns.items() <= towns.descriptor["mrio"].items()
    back = aggregate("towns", "back", regions=map_to_one(empty_project))
    assert not set(nouns) & set(back.descriptor["mrio"])
    path.write_text(json.dumps(descriptor | {"mrio": nouns | {"currency": "EUR"}}))
    assert refusal_of(compile_dataset, folder, "parent", "again").startswith(
        "datapackage.json: `mrio` is the parent's, but for region_noun,"
        " region_noun_plural, outlines; expected"
    )


def test_a_caveat_is_that_of_the_statistics_else_of_the_parent(parent, empty_project):
    mine, parents = "Of the towns.", "Of the parent."
    folder = write_statistics(empty_project / "towns", three_towns(parent))
    kept = empty_project / "data" / "parent" / "datapackage.json"
    of_parent = json.loads(kept.read_text())
    of_parent["mrio"]["caveat"] = parents
    kept.write_text(json.dumps(of_parent))
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text())
    towns = compile_dataset(folder, "parent", "towns")
    assert towns.caveat == f"compiled estimate; {parents}"
    path.write_text(json.dumps(descriptor | {"mrio": {"caveat": mine}}))
    others = compile_dataset(folder, "parent", "others")
    assert others.caveat == f"compiled estimate; {mine}"


def test_variants_of_the_two_trade_parameters(parent, empty_project):
    folder = write_statistics(empty_project / "towns", three_towns(parent))
    own, far = {}, {}
    for dataset in write_variants(folder, "parent", "towns"):
        # towns one, two and three lie on a line, and the first is far from the last
        own[dataset.name], far[dataset.name] = duckdb.sql(f"""
            select
                sum(value) filter (origin_id // 4 = destination_id // 4) / sum(value),
                sum(value) filter (abs(origin_id // 4 - destination_id // 4) = 2)
                / sum(value) filter (abs(origin_id // 4 - destination_id // 4) = 1)
            from '{dataset.table("transactions")}'
        """).fetchone()
        assert_adds_up(dataset.name, "parent")
    assert list(own) == ["towns-low", "towns-high", "towns-near", "towns-far"]
    # own shares are log2(1 + size) to the power of delta: a smaller delta keeps more
    assert own["towns-low"] > own["towns-high"]
    assert far["towns-near"] < far["towns-far"]
    low, near = open_dataset("towns-low"), open_dataset("towns-near")
    assert low.title == "Towns, own_region_delta x 0.5 (compiled)"
    assert near.title == "Towns, distance_decay x 2 (compiled)"
    # the defaults are 1 and, by sector, 0.15, 0.1 or 0.02; the other one stays
    for dataset, decay, deltas in (
        (low, 1.0, {0.075, 0.05, 0.01}),
        (near, 2.0, {0.15, 0.1, 0.02}),
    ):
        sectors = dataset.descriptor["mrio"]["compiled"]["parameters"]["trade"].values()
        assert {sector["distance_decay"] for sector in sectors} == {decay}
        assert {sector["own_region_delta"] for sector in sectors} <= deltas


def test_gdp_alone_gives_all_regions_one_structure_but_for_rounding(
    parent, empty_project
):
    """What a balance leaves is less than what the industry type counts as a tie."""
    tables = {
        name: rows
        for name, rows in three_towns(parent).items()
        if name in ("regions", "region_years")
    }
    compile_dataset(
        write_statistics(empty_project / "towns", tables), "parent", "towns"
    )
    path = open_dataset("towns").table("value_added")
    rows = duckdb.sql(f"""
        select
            year, region_sector_id // 4 as region, region_sector_id % 4 as sector,
            sum(value)
        from '{path}' group by all
    """).fetchall()
    years = {year for year, *_ in rows}
    assert years <= set(parent.years)
    assert years
    for year in years:
        made = np.zeros((3, 4))
        for _, region, sector, value in (row for row in rows if row[0] == year):
            made[region, sector] = value
        shares = made / made.sum(axis=1, keepdims=True)
        assert np.abs(shares / shares[0] - 1).max() < 1e-7


def test_a_template_is_filled_in(parent, empty_project, monkeypatch, capsys):
    folder = empty_project / "towns"
    assert run(monkeypatch, "template", "compile", folder, "--parent", "parent") in (
        0,
        None,
    )
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert all(sector.id in readme for sector in parent.sectors)
    tables = {k: v for k, v in three_towns(parent).items() if k != "labels"}
    write_statistics(folder, tables | {"activity": []})
    compile_dataset(folder, "parent", "towns")
    assert_adds_up("towns", "parent")


def stored(name: str, table: str) -> list[tuple]:
    """Return the rows of a stored table."""
    return duckdb.sql(f"from '{open_dataset(name).table(table)}'").fetchall()


def household(region: str, group: str, people: float = 5.0) -> tuple:
    """Return a row of household_groups in 2010."""
    return (2010, region, group, group.title(), 1, people, None, None)


def of_contract(table: str, *rows: tuple) -> list[dict]:
    """Return rows of the files, of fields in the order of the contract."""
    names = STATISTICS_TABLES[table].column_names
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_household_groups_of_the_folder(parent, empty_project):
    """The same in all variants; labels of activity overlap theirs, and stay behind."""
    groups = [household("one", "poor"), household("one", "rich")]
    spending = [
        (2010, None, group, None, "food", value)
        for group, value in (("poor", 2.0), ("rich", 3.0))
    ]
    tables = three_towns(parent)
    tables["labels"] += of_contract("labels", ("food", "01"))
    tables["household_groups"] = of_contract("household_groups", *groups)
    tables["household_spending"] = of_contract("household_spending", *spending)
    tables["demand_totals"] = [OF_ONE | {"category_id": "lager", "value": 1}]
    folder = write_statistics(empty_project / "towns", tables)
    datasets = [compile_dataset(folder, "parent", "towns")]
    datasets += write_variants(folder, "parent", "towns")
    assert len(datasets) == 5
    for dataset in datasets:
        assert stored(dataset.name, "household_groups") == groups
        assert stored(dataset.name, "household_spending") == spending
        assert stored(dataset.name, "labels") == [("food", "01")]
        assert dataset.descriptor["mrio"]["compiled"]["demand_totals"] == ["lager"]
    # a file of groups without rows takes those of a parent away, spending with them
    parts = three_towns(parent, "two") | {"household_groups": []}
    for name in ("regions", "region_years", "activity"):
        parts[name] = [r | {"region_id": f"{r['region_id']}-part"} for r in parts[name]]
    folder = write_statistics(empty_project / "parts", parts)
    again = compile_dataset(folder, "towns", "parts")
    assert not any(map(again.rows.get, HOUSEHOLD_TABLES))
    whole = again.descriptor["mrio"]["compiled"]["whole_regions"]
    assert whole == []  # one and three are parts of the parent's parent
    said = "household_groups: as in household_groups.csv, in place of 2 rows of the"
    assert f"{said} parent towns" in again.notes


def test_household_groups_of_a_parent_stay_with_regions_that_stay_whole(empty_project):
    """Spending per head of groups of the split region alone goes with these groups."""
    system = parent_system(3)
    system.country = "FIN"
    split, kept, *_ = [region.id for region in system.regions]
    tidy = write_tidy(system, empty_project / "parent_tables")
    groups = [household(region, "all") for region in (split, kept)]
    groups += [household(split, "poor"), household(kept, "rich")]
    groups.append((2013, kept, "rural", "Rural", 1, 5.0, None, "hh rural"))
    spending = [
        (2010, None, "all", None, "food", 1.0),
        (2010, None, "poor", None, "food", 2.0),
        (2010, None, "rich", None, "food", 3.0),
        (2010, split, "poor", None, "all", 4.0),
        (2010, split, "all", None, "all", 5.0),
        (2010, kept, "all", "01", None, 6.0),
        (2010, kept, "rich", "01", None, 7.0),
    ]
    labels = [("food", "01"), ("all", "1")]
    for name, rows in zip(HOUSEHOLD_TABLES, (labels, groups, spending), strict=True):
        write_rows(tidy / f"{name}.csv", of_contract(name, *rows))
    ingest_tidy(tidy, "parent")
    # of another meaning, for activity
    tables = three_towns(system, split)
    tables["labels"] += of_contract("labels", ("food", "1"))
    folder = write_statistics(empty_project / "towns", tables)
    dataset = compile_dataset(folder, "parent", "towns")
    assert stored("towns", "household_groups") == [groups[1], *groups[3:]]
    assert stored("towns", "household_spending") == [
        row for row in spending if row[1] != split and row[2] != "poor"
    ]
    assert stored("towns", "labels") == [("food", "01")]
    left_out = "left out: 3 rows of household_spending of the parent parent, of regions"
    assert any(note.startswith(left_out) for note in dataset.notes)
    # what the people of a whole region buy is no estimate
    assert plausibility(dataset, 2013).status == "PASS"


def plausibility(dataset: Dataset, year: int) -> CheckResult:
    """Return what the audit says of groups that are columns of the table."""
    name = "household_groups_plausible"
    (check,) = [
        check
        for check in audit_dataset(dataset).checks
        if (check.check_id, check.year) == (name, year)
    ]
    return check


@pytest.mark.parametrize(
    ("given", "status"), [("hh rural", "PASS"), ("lager", "WARNING"), (None, "WARNING")]
)
def test_groups_that_are_categories_need_demand_totals(
    parent, empty_project, given, status
):
    """Without these, towns buy in the same proportions, whoever lives there."""
    groups = of_contract(
        "household_groups",
        *(
            (2010, town, "all", "All", 1, 10 + k, None, "hh rural")
            for k, town in enumerate(TOWNS)
        ),
    )
    tables = three_towns(parent) | {"household_groups": groups}
    tables["demand_totals"] = [
        {"year": 2010, "region_id": town, "category_id": given, "value": 10 + k}
        for k, town in enumerate(TOWNS)
        if given
    ]
    folder = write_statistics(empty_project / "towns", tables)
    check = plausibility(compile_dataset(folder, "parent", "towns"), 2010)
    assert check.status == status
    assert ("without demand_totals of hh rural" in check.message) == (
        status == "WARNING"
    )


def test_a_template_of_household_groups_is_filled_in(parent, empty_project):
    dataset = open_dataset("earlier")
    folder = write_statistics(empty_project / "towns", three_towns(parent))
    labels = (folder / "labels.csv").read_text()
    write_household_template(empty_project / "filled", dataset, groups=2)
    for name, column in (("groups", "population"), ("spending", "value")):
        with (empty_project / f"filled/household_{name}.csv").open() as file:
            rows = [row | {column: 5} for row in csv.DictReader(file)]
        write_rows(folder / f"household_{name}.csv", rows)
    theirs = (empty_project / "filled" / "labels.csv").read_text()
    (folder / "labels.csv").write_text(labels + theirs.partition("\n")[2])
    found = compile_dataset(folder, "parent", "towns").rows
    groups = {row["sector_group"] for row in dataset.read("sectors").to_pylist()}
    assert found["household_groups"] == len(TOWNS) * len(dataset.years) * 2
    assert found["household_spending"] == found["household_groups"] * len(groups)
    assert found["labels"] == len(parent.sectors)


def change(table: str, number: int, **fields):
    """Return what changes a row of a table."""
    return lambda tables: tables[table][number].update(fields)


def add(table: str, row: dict, **fields):
    """Return what adds a row to a table."""
    return lambda tables: tables.setdefault(table, []).append(row | fields)


def clear(table: str):
    """Return what takes a table away."""
    return lambda tables: tables.pop(table)


def each(table: str, rows: list[dict], row: dict):
    """Return what adds several rows to a table, each on top of one."""
    return lambda tables: tables.setdefault(table, []).extend(row | r for r in rows)


def nobody(tables: dict[str, list[dict]]) -> None:
    """Take people and GDP away from remainders."""
    for row in tables["regions"]:
        row["region_type"] = "remainder"
    for row in tables["region_years"]:
        row.update(population="", gdp="")


# half of a sector goes to a region that hardly buys anything
HALF_TO_ONE = (
    change("region_years", 0, population=1, gdp=1e-3),
    change("activity", 0, value=1e-3),
    each(
        "known_shares",
        [{"origin_region_id": town, "share": 0.5} for town in TOWNS[1:]],
        SHARE | {"destination_region_id": "one"},
    ),
)
# table whose file is named, part of the text, faults
REFUSALS = [
    ("activity", "`value`", change("activity", 0, value=-1)),
    ("activity", "both are empty", change("activity", 0, label_id="")),
    ("activity", "broad", change("activity", 0, label_id="broda")),
    ("labels", "nothing", change("labels", 0, sector_id="nothing")),
    ("region_years", "1999", change("region_years", 0, year=1999)),
    ("region_years", "'one'", change("region_years", 0, population=0)),
    (
        "region_years",
        "data row 1: `gdp` is -5 (region 'one'); expected 0 or more, or nothing where",
        change("region_years", 0, gdp=-5),
    ),
    (
        "region_years",
        "data row 2: `population` is 1e+12 (region 'two'); expected at most 1e+10",
        change("region_years", 1, population=10**12),
    ),
    (
        "region_years",
        "data row 1: `gdp` is 1e+308 (region 'one'); expected at most 1e+30",
        change("region_years", 0, gdp=1e308),
    ),
    (
        "region_years",
        "gdp of region 'one' in 2010 is 1e+10",
        change("region_years", 0, gdp=1e10),
    ),
    (
        "activity",
        "data row 1: `value` is 1e+308 (region 'one'); expected at most 1e+30",
        change("activity", 0, value=1e308),
    ),
    ("activity", "expected 0, or at least 1e-30", change("activity", 0, value=1e-320)),
    (
        "demand_totals",
        "expected at most 1e+30",
        add("demand_totals", OF_ONE, category_id="lager", value=1e308),
    ),
    ("emissions", "expected at most 1e+30", add("emissions", CO2, value=1e308)),
    (
        "trade_parameters",
        "`distance_decay` of sector '01' is 1e+308; expected at most 20",
        add("trade_parameters", {"sector_id": "01"}, distance_decay=1e308),
    ),
    (
        "activity",
        "region 'two' has value added of sector '01' and no output (2010)",
        clear("labels"),
        clear("activity"),
        add("activity", FIGURE, sector_id="01", measure="output"),
        add("activity", FIGURE, sector_id="01", region_id="two"),
    ),
    (
        "activity",
        "region 'one' has output of label 'broad' and no value added (2010)",
        change("activity", 0, measure="output"),
        change("activity", 1, measure="output"),
    ),
    (
        "distances",
        "`distance`",
        add(
            "distances",
            {k: v for k, v in FLOW.items() if k != "year"},
            distance=-3,
        ),
    ),
    (
        "known_flows",
        "tow",
        add("known_flows", FLOW, destination_region_id="tow", sector_id="", value=1),
    ),
    ("activity", "`value`", change("activity", 0, value="NaN")),
    ("emissions", "soot", add("emissions", CO2, stressor_id="soot")),
    (
        "demand_totals",
        "data row 1: `value` is -1",
        add("demand_totals", OF_ONE, category_id="lager", value=-1),
    ),
    (
        "demand_totals",
        "gifts",
        add("demand_totals", OF_ONE, category_id="gifts", value=1),
    ),
    ("emissions", "data row 1: `value` is -1", add("emissions", CO2, value=-1)),
    (
        "known_flows",
        "data row 1: `value` is -1",
        add("known_flows", FLOW, sector_id="", value=-1),
    ),
    (
        "trade_parameters",
        "`distance_decay`",
        add("trade_parameters", {"sector_id": "01"}, distance_decay=-1),
    ),
    (
        "trade_parameters",
        "`own_region_delta` of sector '01'",
        add("trade_parameters", {"sector_id": "01"}, own_region_delta=0),
    ),
    (
        "labels",
        "labels 'broad' and 'other' share the sector '01'",
        add("labels", {"label_id": "other", "sector_id": "01"}),
        add("activity", FIGURE, label_id="other"),
    ),
    (
        "activity",
        "sector '01' has figures of its own",
        add("activity", FIGURE, sector_id="01"),
    ),
    (
        "activity",
        "region 'one' has a total of label 'broad'",
        each(
            "activity",
            [
                {"region_id": town, "sector_id": sector, "value": value}
                for sector in SECTORS[:2]
                for town, value in (("one", 0), ("two", 3), ("three", 4))
            ],
            FIGURE | {"measure": "employment"},
        ),
    ),
    (
        "activity",
        "in region 'two'",
        clear("labels"),
        clear("activity"),
        each(
            "activity",
            [
                {"measure": measure, "region_id": town, "sector_id": sector}
                | {"value": 1e9 if (measure, town) == ("value_added", "two") else 1}
                for sector in SECTORS
                for town in TOWNS
                for measure in ("output", "value_added")
            ],
            FIGURE,
        ),
    ),
    (
        "region_years",
        "nothing shares out the demand of category",
        nobody,
        each(
            "activity",
            [
                {"year": year, "sector_id": sector}
                for sector in SECTORS[2:]
                for year in (2010, 2013)
            ],
            FIGURE,
        ),
    ),
    (
        "activity",
        "nothing shares out sector '01'",
        nobody,
        clear("activity"),
        clear("labels"),
    ),
    (
        "emissions",
        "region 'two' has a total and nothing that emits",
        each("emissions", [{"sector_id": sector} for sector in SECTORS], CO2),
        each(
            "direct_emissions",
            [{"category_id": name} for name in ("hh,urban", "hh rural", "lager")],
            CO2,
        ),
        add("emissions", CO2, region_id="two"),
    ),
    (
        "known_flows",
        "data row 2 (off by",
        add("known_flows", FLOW, sector_id="01", value=1e-3),
        add("known_flows", FLOW, sector_id="", value=1e9),
    ),
    (
        "known_shares",
        "data row 1: `share` is 1.5; expected at most 1",
        add("known_shares", SHARE, share=1.5),
    ),
    (
        "known_flows",
        "expected flows that can hold together, or other rows of known_shares.csv",
        add("known_shares", SHARE, share=0.1),
        add("known_flows", SHARE, destination_region_id="three", value=1e-3),
    ),
    (
        "known_shares",
        "data row 1: `share` is 1.000000002; expected at most 1",
        add("known_shares", SHARE, share=1.000000002),
    ),
    (
        "known_shares",
        "the purchases of 2010 cannot be met: 'one' / 'Elektrizität' (off by",
        each(
            "known_shares",
            [{"origin_region_id": town, "share": 1} for town in TOWNS],
            SHARE | {"destination_region_id": "one"},
        ),
    ),
    (
        "known_shares",
        "; change or leave out rows of known_shares.csv or exports.csv",
        each(
            "known_shares",
            [{"origin_region_id": town, "share": 1} for town in TOWNS],
            SHARE | {"destination_region_id": "one"},
        ),
        add("exports", OF_01, sector_id="1", value=0),
        add("known_flows", SHARE, year=2013, value=1e-3),
    ),
    (
        "known_shares",
        "in 2010 add up to 1.2; expected at most 1. Divide the shares by their sum, or "
        "leave out the row of the origin itself",
        add("known_shares", SHARE, share=0.7),
        add("known_shares", SHARE, destination_region_id="one", share=0.5),
    ),
    (
        "known_shares",
        "sector '01' of origin 'one' in 2010 add up to 1.2; expected at most 1",
        add("known_shares", SHARE, share=0.7),
        add("known_shares", SHARE, destination_region_id="three", share=0.5),
    ),
    (
        "known_shares",
        "region 'one' has shares of sector '01' in 2010 and has nothing to deliver to "
        "others of its parent region, and 1 more; expected",
        clear("labels"),
        clear("activity"),
        add("activity", FIGURE, sector_id="01", region_id="two"),
        add("known_shares", SHARE, share=0.1),
        add("known_shares", SHARE, origin_region_id="three", share=0.1),
    ),
    (
        "known_shares",
        "sector '01' of 'two' (off by",
        *HALF_TO_ONE,
    ),
    (
        "known_shares",
        "regions that buy from the sector, or other rows of known_flows.csv",
        *HALF_TO_ONE,
        add("known_flows", SHARE, destination_region_id="three", value=0),
    ),
    ("exports", "data row 1: `value` is -1", add("exports", OF_01, value=-1)),
    (
        "exports",
        "with exports of sector '01' in 2010 are above what a region can export (0.9 ",
        change("activity", 0, value=1e-9),
        add("exports", OF_01, value=1),
    ),
]


@pytest.mark.parametrize(
    "case", REFUSALS, ids=lambda case: f"{case[0]}: {case[1][:40]}"
)
def test_refusals_name_file_and_label(parent, empty_project, monkeypatch, case):
    table, text, *faults = case
    folder = empty_project / "towns"
    before = contents(empty_project / "data" / "earlier")
    tables = three_towns(parent)
    for fault in faults:
        fault(tables)
    write_statistics(folder, tables)
    refusal = run(
        monkeypatch, "compile", folder, "--parent", "parent", "--name", "earlier"
    )
    assert f"{table}.csv" in str(refusal)
    assert text in str(refusal)
    assert contents(empty_project / "data" / "earlier") == before


def test_shares_and_exports_of_a_folder(parent, empty_project):
    """Two years, each with its own; a region that sells to nobody; what is said."""
    tables = three_towns(parent)
    given = {
        2010: {"one": {"one": 0.5, "two": 0.3}, "two": {"two": 1}},
        # four digits miss 1 by rounding: the own row of "two" is the rest
        2013: {"one": {"three": 0.25}, "two": {"one": 0.0333, "two": 0.9666}},
    }
    tables["known_shares"] = [
        {"year": year, "origin_region_id": origin, "sector_id": "01"}
        | {"destination_region_id": destination, "share": share}
        for year, origins in given.items()
        for origin, shares in origins.items()
        for destination, share in shares.items()
    ]
    tables["exports"] = [
        OF_01 | {"year": 2013, "region_id": town, "value": value}
        for town, value in (("one", 3), ("two", 1), ("three", 0))
    ]
    tables["known_flows"] = [
        FLOW | {"sector_id": "1", "origin_region_id": origin, "value": value}
        for origin, value in (("one", 1e-3), ("three", 2e-3))
    ]
    folder = write_statistics(empty_project / "towns", tables)
    towns = compile_dataset(folder, "parent", "towns")
    amounts = {year: sold_by_town(towns, year) for year in given}
    for year, expected in (
        (2010, {"one": (0.7, 0.3, 0), "two": (0, 1, 0)}),
        (2013, {"one": (0.75, 0, 0.25), "two": (0.0333, 0.9667, 0)}),
    ):
        for origin, shares in expected.items():
            sold = amounts[year][TOWNS.index(origin)]
            assert sold / sold.sum() == pytest.approx(shares, rel=1e-9, abs=1e-15)
    exports = totals("towns", "exports", "year", "region_sector_id")
    of_01 = [exports.get((2013, 4 * k), 0.0) for k in range(3)]
    assert of_01[0] == pytest.approx(3 * of_01[1])
    assert of_01[2] == 0
    assert_adds_up("towns", "parent")
    notes = "\n".join(towns.notes)
    assert [note for note in towns.notes if "said to keep" in note] == [
        "2010: shares that regions are said to keep are not used, they keep what "
        "others do not get: 'one' keeps 0.7 of sector '01', given 0.5"
    ]
    assert re.search(
        r"2010: known shares of sector 01 for 2 of 3 regions: [0-9.]+ % of what they "
        r"deliver inside their parent region goes to other regions \([0-9.]+ % by",
        notes,
    )
    assert "2013: exports by region are given for 1 sector. None is above" in notes
    flows = [note for note in towns.notes if "known flow" in note]
    assert len(flows) == 1
    assert re.search(
        r"2010: 2 known flows of sector 1, in all [0-9.e-]+ by the prior, given 0.003; "
        r"those that differ most: (one|three) to two ",
        flows[0],
    )


def test_shares_that_add_up_to_more_than_1_by_rounding_leave_nothing(
    parent, empty_project
):
    tables = three_towns(parent)
    tables["known_shares"] = [
        SHARE | {"destination_region_id": town, "share": share}
        for town, share in (("two", 0.5), ("three", 0.500000001))
    ]
    folder = write_statistics(empty_project / "towns", tables)
    sold = sold_by_town(compile_dataset(folder, "parent", "towns"), 2010)[0]
    assert sold[0] == 0
    assert sold[2] / sold[1] == pytest.approx(1.000000002, rel=1e-10)


def test_exports_and_shares_without_effect_are_named(empty_project):
    """Two parent regions are split; exports of one sector alone can be given."""
    system = parent_system(3)
    whole = [region.id for region in system.regions]
    for year in system.years.values():
        exports = year.exports.reshape(len(whole), -1)
        # usual ones, below 0, 0, and of a sector that sells nothing else; those of
        # other parent regions cancel in sum
        exports[0] = (1, -1, 0, 1)
        exports[1:] = ((1, 1, 1, 1), (-0.9999, 1, 1, 1), (-1, 1, 1, 1))
        year.exports = exports.ravel()
    ingest_tidy(write_tidy(system, empty_project / "parent_tables"), "parent")
    tables = three_towns(system, whole[0])
    for row in tables["regions"][:2]:
        second = row | {"region_id": f"{row['region_id']}_of_second"}
        tables["regions"].append(second | {"parent_region_id": whole[1]})
    for row in list(tables["region_years"]):
        if row["region_id"] != "three":
            second = {"region_id": f"{row['region_id']}_of_second"}
            tables["region_years"].append(row | second)
    # the first town makes hardly any of the first sector and nothing of the third
    tables["labels"] = [row for row in tables["labels"] if row["sector_id"] != "01"]
    tables["activity"] += [
        FIGURE | {"year": year, "region_id": town, "sector_id": sector, "value": value}
        for year in system.years
        for sector, values in (("01", (1e-9, 1, 1)), ("NaN", (0, 1, 1)))
        for town, value in zip(TOWNS, values, strict=True)
    ]
    tables["exports"] = [
        OF_ONE | {"region_id": town, "sector_id": sector, "value": 1}
        for sector in SECTORS[:3]
        for town in TOWNS[:2]
    ]
    tables["exports"].append(OF_01 | {"region_id": whole[2], "value": 1})
    itself = {"destination_region_id": "one", "sector_id": "NaN", "share": 1}
    tables["known_shares"] = [SHARE | itself]
    folder = write_statistics(empty_project / "towns", tables)
    notes = compile_dataset(folder, "parent", "towns").notes
    limit = "what a region can export (0.9 of its output, less where inventories"
    assert (
        "exports.csv has no rows of 2013: what it says is estimated there, and years "
        "differ by that, too" in notes
    )
    found = [note for note in notes if note.startswith("2010: ") and "exports" in note]
    assert found[0] == (
        f"2010: not used: exports of region {whole[2]!r}, which has all of its parent "
        "region's"
    )
    assert found[1].startswith(
        f"2010: parent region {whole[0]}: exports by region are given for 1 sector. "
        f"Above {limit}"
    )
    assert found[1].endswith(": 50 % of the exports of 01")
    assert found[2:] == [
        f"2010: parent region {whole[0]}: not used: exports of 1, NaN, which the "
        "parent does not export"
    ]
    assert not [note for note in notes if "known shares" in note]
    tables["exports"].append(OF_ONE | {"sector_id": SECTORS[3], "value": 1})
    write_statistics(empty_project / "towns", tables)
    text = (
        rf"exports\.csv: parent region '{whole[0]}' itself exports 100 % of the "
        rf"output of sector '{SECTORS[3]}' in 2010, .*; leave out the rows"
    )
    with pytest.raises(CarbonshedError, match=text):
        compile_dataset(folder, "parent", "towns")


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (
            {"a": 0.091, "b": 0.0, "c": 1.0, "d": 1e-5, "e": 9e-4},
            "100 % of the exports of c; 9.1 % of a; less than 0.1 % of 2 more",
        ),
        ({"a": 1e-5}, "less than 0.1 % of the exports of a"),
        (
            {str(k): 0.2 - k / 100 for k in range(12)},
            "20 % of the exports of 0; 19 % of 1; 18 % of 2; 17 % of 3; 16 % of 4; "
            "15 % of 5; 14 % of 6; 13 % of 7; 12 % of 8; 11 % of 9; at most 10 % of 2 "
            "more",
        ),
    ],
)
def test_exports_above_the_limits_are_said_in_two_digits(moved, words):
    assert _above(moved).partition(" other regions: ")[2] == words


def sold_by_town(towns: Dataset, year: int) -> np.ndarray:
    """Return what the first sector of each town delivers to each town."""
    sold = np.zeros((3, 3))
    for table, buyer in (
        ("transactions", "destination_id // 4"),
        ("final_demand", "list_position(['one', 'two', 'three'], region_id) - 1"),
    ):
        for origin, place, value in duckdb.sql(f"""
            select origin_id // 4, {buyer} as place, sum(value)
            from '{towns.table(table)}'
            where year = {year} and origin_id % 4 = 0 and value > 0
            {"" if table == "transactions" else "and category_id <> 'lager'"}
            group by all
        """).fetchall():
            sold[origin, place] += value
    return sold


def test_figures_that_are_not_used_are_named(parent, empty_project):
    """Output shares a sector out; value added beside it counts where all have both."""
    tables = three_towns(parent)
    tables["labels"] = [row for row in tables["labels"] if row["sector_id"] != "01"]
    for town in TOWNS:
        for measure in ("output", "value_added", "employment"):
            figure = {"measure": measure, "region_id": town, "sector_id": "01"}
            tables["activity"].append(FIGURE | figure)
        figure = {"measure": "employment", "region_id": town, "label_id": "broad"}
        tables["activity"].append(FIGURE | figure)
    compile_dataset(
        write_statistics(empty_project / "towns", tables), "parent", "towns"
    )
    notes = open_dataset("towns").notes
    assert [note for note in notes if "is not used for" in note] == [
        "2010: value added in activity.csv is not used for sectors 01: output shares "
        "them out",
        "2010: employment in activity.csv is not used for sectors 01: output shares "
        "them out",
        "2010: employment in activity.csv is not used for labels broad: value added "
        "shares them out",
    ]


@pytest.mark.parametrize("table", ["regions", "region_years", "transactions"])
@pytest.mark.parametrize("command", [("compile",), ("template", "compile")])
def test_a_damaged_parent_is_refused_in_words(
    parent, empty_project, monkeypatch, table, command
):
    folder = write_statistics(empty_project / "towns", three_towns(parent))
    path = open_dataset("parent").table(table)
    path.write_bytes(path.read_bytes()[:500])
    where = (folder,) if command == ("compile",) else (empty_project / "new",)
    names = ("--name", "towns") if command == ("compile",) else ()
    said = str(run(monkeypatch, *command, *where, "--parent", "parent", *names))
    # the template has nothing but labels
    is_read = table == "regions" or bool(names)
    assert (f"{table}.parquet is missing or damaged" in said) == is_read, said


def test_memory_is_said_before_and_what_does_not_fit_is_refused(
    parent, empty_project, monkeypatch, capsys
):
    """Nothing of the size regions x regions is made before it is known to fit."""
    folder = write_statistics(empty_project / "towns", three_towns(parent))
    arguments = "compile", folder, "--parent", "parent", "--name", "earlier"
    assert run(monkeypatch, *arguments) in (0, None)
    assert "3 regions x 4 sectors" in capsys.readouterr().err
    before = contents(open_dataset("earlier").path)

    def no_distances(*_):
        raise MemoryError

    monkeypatch.setattr("carbonshed.compile.compiler.free_memory", lambda: 2 * 10**8)
    monkeypatch.setattr("carbonshed.compile.statistics.great_circle", no_distances)
    refusal = str(run(monkeypatch, *arguments))
    assert all(word in refusal for word in ("regions.csv", "0.20 GB free", "theta"))
    assert contents(open_dataset("earlier").path) == before


def test_a_parent_region_must_be_known(empty_project, monkeypatch):
    system = parent_system(3)
    write_tidy(system, empty_project / "parent_tables")
    ingest_tidy(empty_project / "parent_tables", "parent")
    folder = write_statistics(empty_project / "towns", three_towns(system, "nowhere"))
    text = run(monkeypatch, "compile", folder, "--parent", "parent", "--name", "towns")
    assert "regions.csv" in str(text)
    assert "'nowhere'" in str(text)
    # deliveries between regions of the parent are the parent's
    split, kept = (region.id for region in system.regions[:2])
    tables = three_towns(system, split)
    tables["known_shares"] = [
        SHARE | {"destination_region_id": place, "share": 0.1}
        for place in ("two", kept)
    ]
    folder = write_statistics(empty_project / "towns", tables)
    text = run(monkeypatch, "compile", folder, "--parent", "parent", "--name", "towns")
    assert (
        f"known_shares.csv: data row 2: 'one' and {kept!r} lie in different parent "
        "regions" in str(text)
    )
