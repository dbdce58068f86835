"""FIGARO's and the Asian Development Bank's tables, placed by shipped maps."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from support.layouts import adb as adb_layout
from support.layouts.figaro import FACTORS, INDUSTRIES, YEAR, Figaro, figaro
from support.refusals import refusal_of

from carbonshed.progress import no_progress
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import read_csv_matrix
from carbonshed.readers.world.adb import read_adb
from carbonshed.readers.world.figaro import read_figaro
from carbonshed.readers.world.label_maps import labels_of_table

NAME = f"matrix_eu-ic-io_ind-by-ind_25ed_{YEAR}.csv"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with FIGARO, all industries of three areas, and emissions."""
    table = figaro(n_industries=len(INDUSTRIES))
    table.write(tmp_path / NAME)
    table.write_emissions(tmp_path / "emissions.csv")
    return tmp_path


def options(folder, year=YEAR, **more) -> IngestOptions:
    return IngestOptions(
        name="w", year=year, emissions=folder / "emissions.csv", **more
    )


def read(folder, source=None, **more):
    table = read_figaro(source or folder, options(folder, **more), no_progress)
    table.check()
    return table


def warnings(table) -> list[str]:
    return [d.text for d in table.decisions if "WARNING" in d.text]


def test_figaro_is_read_to_the_last_digit(folder):
    drawn, table = figaro(n_industries=len(INDUSTRIES)), read(folder)
    assert table.transactions.tolist() == drawn.transactions.tolist()
    assert table.final_demand.tolist() == drawn.final_demand.tolist()
    n = len(drawn.producers)
    taxes, wages = (drawn.factors[FACTORS.index(f), :n] for f in ("D21X31", "D1"))
    added = table.value_added
    assert added["taxes less subsidies on products"].tolist() == taxes.tolist()
    assert added["compensation of employees"].tolist() == wages.tolist()
    assert len(added) == 4
    assert [(r["region_name"], r["region_type"]) for r in table.regions] == [
        ("United States", "country"),
        ("South Africa", "country"),
        ("Rest of the world", "rest_of_world"),
    ]
    assert [s["sector_id"] for s in table.sectors] == list(INDUSTRIES)
    assert [s["sector_id"] for s in table.sectors if s["is_power_supply"]] == ["D35"]
    block = table.descriptor["mrio"]
    assert (block["country"], block["currency"], block["currency_unit"]) == (
        *("WLD", "EUR"),
        1e6,
    )
    assert block["currency_per_usd"] == {str(YEAR): pytest.approx(1 / 1.1095, 1e-3)}
    assert table.emissions["co2"].sum() == pytest.approx(drawn.final_demand.sum() / 2)
    assert warnings(table) == []


@pytest.mark.parametrize(
    "name",
    [
        f"matrix_eu-ic-io_ind-by-ind_23ed_{YEAR}.csv",
        f"matrix_eu-ic-io_ind-by-ind_{YEAR}.csv",
        f"matrix_eu-ic-io_prod-by-prod_24ed_{YEAR}.csv",
    ],
)
def test_a_file_of_any_edition(folder, name):
    source = folder / name
    text = (folder / NAME).read_text()
    if "prod" in name:
        for area in figaro().areas:
            text = text.replace(f"{area}_", f"{area}_CPA_")
        text = text.replace("_CPA_P", "_P")  # final users, and P85
        text = text.replace("_P85", "_CPA_P85")
    source.write_text(text)
    whole = read(folder, source)
    (folder / NAME).unlink()
    assert read(folder).transactions.tolist() == whole.transactions.tolist()


def test_refusals_of_a_folder(folder):
    other = f"matrix_eu-ic-io_prod-by-prod_25ed_{YEAR}.csv"
    shutil.copy(folder / NAME, folder / other)
    said = refusal_of(read, folder)
    assert f"2 tables of {YEAR}, {NAME}, {other}; name the file itself" in said
    assert "no table of 2016; expected the folder" in refusal_of(
        read, folder, year=2016
    )
    assert f"the file name says {YEAR}" in refusal_of(
        read, folder, folder / NAME, year=2016
    )
    for path in folder.glob("matrix*"):
        path.unlink()
    supply = folder / f"matrix_eu-ic-supply_25ed_{YEAR}.csv"
    supply.write_text("rowLabels\n")
    for source in (folder, supply):
        said = refusal_of(read, folder, source)
        assert "matrix_eu-ic-supply" in said
        assert "only supply and use tables of one region are read" in said


def test_a_table_without_an_industry_or_emissions(folder):
    figaro(n_industries=63).write(folder / NAME)
    said = refusal_of(read, folder)
    missing = "3 of 3 regions x 64 sector labels are missing in header column A: US / "
    assert f"{missing}'U', ZA / 'U', FIGW1 / 'U'" in said
    figaro(n_industries=64).write(folder / NAME)
    bare = IngestOptions(name="w", year=YEAR)
    said = refusal_of(read_figaro, folder, bare, no_progress)
    assert "the table holds no emissions; expected Eurostat's bulk file" in said
    assert said.endswith(
        "or --emissions FILE, with the columns region_id, sector_id, value"
    )


def test_rows_that_go_on_and_an_empty_file(folder):
    lines = (folder / NAME).read_text().splitlines(keepends=True)
    (folder / NAME).write_text("".join([*lines[:193], lines[1], *lines[193:]]))
    said = refusal_of(read, folder)
    assert "goes on at A194 with 'A01'" in said
    assert "say `count: 192` among its `rows`" in said
    (folder / NAME).write_text("\n")
    assert f"{NAME}: the file is empty" in refusal_of(read, folder)


def test_a_table_whose_labels_name_no_region(folder):
    named = replace(figaro(n_industries=2), industries=("Farms", "Mines"))
    named.write(folder / NAME)
    said = refusal_of(read, folder)
    assert said.startswith(NAME)
    assert "no row in header column A has a region and a sector of the map" in said


def test_a_wrong_unit_of_the_world(folder):
    table = figaro(n_industries=len(INDUSTRIES))
    thousands = (b / 1e3 for b in (table.transactions, table.final_demand))
    small = Figaro(table.areas, table.industries, *thousands, table.factors / 1e3)
    small.write(folder / NAME)
    assert "the unit that would fit is" in refusal_of(read, folder)
    table.write(folder / NAME)
    said = refusal_of(read, folder, emissions_unit="Mt")
    assert "the unit that would fit is kt" in said
    assert said.endswith("say --accept co2-total")
    waived = read(folder, emissions_unit="Mt", accept=frozenset({"co2-total"}))
    assert len(warnings(waived)) == 1


def write_adb(folder, table=None, name="ADB-MRIO62-2022_June2023.xlsx", **more):
    table = table or adb_layout.adb()
    lines = ["region_id,sector_id,value"]
    for pair, row in zip(table.producers, table.final_demand, strict=True):
        lines.append(",".join([*pair, str(row.sum() * 0.37)]))
    (folder / "emissions.csv").write_text("\n".join([*lines, ""]))
    return table.write(folder / name, **more)


def test_adb_is_read_as_written(tmp_path):
    source, drawn = write_adb(tmp_path), adb_layout.adb()
    table = read_adb(source, options(tmp_path, 2022), no_progress)
    table.check()
    n = len(drawn.producers)
    for found, written in (
        (table.transactions, drawn.transactions),
        (table.final_demand, drawn.final_demand),
        (table.value_added["Value added at basic prices"], drawn.below[4, :n]),
        (table.imports_by_sector, drawn.below[[1, 2, 3, 5], :n].sum(axis=0)),
    ):
        np.testing.assert_allclose(found, written, rtol=1e-15, atol=1e-9)
    assert [(r["region_name"], r["region_type"]) for r in table.regions] == [
        ("People's Republic of China", "country"),
        ("Taipei,China", "country"),
        ("Rest of the world", "rest_of_world"),
    ]
    assert table.sectors[16]["sector_id"] == "c17"
    assert table.sectors[16]["is_power_supply"] is True
    # GDP and CO2 of the world are known up to earlier years
    said = warnings(table)
    assert len(said) == 3
    assert all("the nearest year" in text for text in said)


def test_refusals_of_adb(tmp_path):
    source = write_adb(tmp_path)
    said = refusal_of(read_adb, source, options(tmp_path, 2021), no_progress)
    assert "the file name says 2022" in said
    assert "is a folder" in refusal_of(
        read_adb, tmp_path, options(tmp_path, 2022), no_progress
    )
    # rows of sources that number them, or write them, otherwise
    named = [(f"x{k}", name.upper()) for k, (_, name) in enumerate(adb_layout.BELOW)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adb_layout, "BELOW", tuple(named))
        other = write_adb(tmp_path, name="ADB-MRIO-2022-August 2025.xlsx")
        table = read_adb(other, options(tmp_path, 2022), no_progress)
        assert "VALUE ADDED AT BASIC PRICES" in table.value_added
        patch.setattr(adb_layout, "BELOW", tuple((c, c) for c, _ in named))
        write_adb(tmp_path)
    said = refusal_of(read_adb, source, options(tmp_path, 2022), no_progress)
    assert "no row is named 'Value added at basic prices'" in said


def test_regions_are_read_without_the_rest(folder, tmp_path):
    assert labels_of_table("figaro", folder, YEAR)[-1] == (
        "FIGW1",
        "Rest of the world",
    )
    source = write_adb(tmp_path)
    assert labels_of_table("adb", source, 2022)[0][0] == "PRC"


@pytest.mark.parametrize(("one", "other"), [("P3_S13", "P3_S14"), ("P51G", "P5M")])
def test_two_groups_exchanged_in_a_map_of_ones_own(folder, one, other):
    """Headers are codes behind a country, such as US_P3_S14."""
    table = figaro(n_industries=len(INDUSTRIES))
    content = table.map(regions={"from": "labels", "rest_of_world": ["FIGW1"]})
    own = {row["category_id"]: row for row in content["categories"]}
    groups = own[one]["category_group"], own[other]["category_group"]
    own[other]["category_group"], own[one]["category_group"] = groups
    path = folder / "map.yml"
    path.write_text(json.dumps(content), encoding="utf-8")
    chosen = IngestOptions(name="w", map=path, emissions=folder / "emissions.csv")
    said = refusal_of(read_csv_matrix, folder / NAME, chosen, no_progress)
    assert f"of group {groups[1]} is read from" in said
    assert "are the two exchanged in the map?" in said
