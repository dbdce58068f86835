"""Inventories of CEADs: read as published, mapped without loss, refused alone."""

import csv
import math

import numpy as np
import pytest
from openpyxl import Workbook
from support.layouts.ceads_inventories import SECTORS, write_provincial
from support.refusals import refusal_of

from carbonshed.readers.china.inventories import (
    concordance,
    emissions_of_table,
    inventory_sectors,
    read_provincial_inventory,
)
from carbonshed.readers.china.names import sectors_of

FOLDER = "china_ceads_co2"
PROVINCIAL = "Emission_Inventories_for_30_Provinces_2012.xlsx"
CODES = [f"{number:02d}" for number in range(1, 43)]
HOUSEHOLDS = ("FU101", "FU102")
POWER = "Production and Supply of Electric Power, Steam and Hot Water"
KNOWN_TOTAL = 9742.7  # Mt, 2012


def amounts_of(provinces=("Shanghai", "InnerMongolia", "Shaanxi"), total=KNOWN_TOTAL):
    rng = np.random.default_rng(45)
    drawn = rng.gamma(0.6, size=(len(provinces), 47)) * (rng.random(47) > 0.1)
    drawn *= total / drawn.sum()
    return dict(zip(provinces, drawn, strict=True))


# --- by province --------------------


def test_provinces_are_read_by_label(tmp_path):
    amounts = amounts_of()
    path = write_provincial(tmp_path / "i.xlsx", 2012, amounts)
    inventory = read_provincial_inventory(path, 2012)
    # in the order of the codes of GB/T 2260
    assert inventory.region_ids == ("150000", "310000", "610000")
    households = inventory.urban, inventory.rural
    rows = np.column_stack([inventory.emissions, *households])
    expected = [amounts[name] for name in ("InnerMongolia", "Shanghai", "Shaanxi")]
    # a workbook keeps 16 digits
    np.testing.assert_allclose(rows, expected, rtol=1e-15)
    assert inventory.sectors == tuple(label.strip() for label in SECTORS)
    assert math.isclose(inventory.total, KNOWN_TOTAL, rel_tol=1e-12)
    assert "3 of 31 provinces have emissions" in inventory.decisions[0].text
    assert "Tibet" in inventory.decisions[0].text


def test_labels_of_another_year(tmp_path):
    def rename(sheets):
        sheets["Shanghai"]["A4"] = "Total Emissions"
        sheets["Shanghai"]["W1"] = "Scope_1_Total"
        sheets["Shaanxi"]["A5"] = SECTORS[0].strip().upper()

    path = write_provincial(tmp_path / "i.xlsx", 2012, amounts_of(), rename)
    assert math.isclose(read_provincial_inventory(path).total, KNOWN_TOTAL)


def test_a_unit_that_cannot_be_stops(tmp_path):
    path = write_provincial(tmp_path / "i.xlsx", 2012, amounts_of(total=9.7427))
    message = refusal_of(read_provincial_inventory, path)
    assert "9.743 Mt in units of Mt; expected 6,820 Mt" in message
    assert "the unit that would fit is Gt" in message


def put(sheet, cell, value):
    return lambda sheets: sheets[sheet].__setitem__(cell, value)


def add_sheet(title):
    return lambda sheets: sheets["NOTE"].parent.create_sheet(title)


# change, and parts of the refusal
WRONG_PROVINCIAL = {
    "text": (put("Shanghai", "W9", "n.a."), "'Shanghai2012'", "W9", "'n.a.'"),
    "empty": (put("Shanghai", "W9", None), "'Shanghai2012'", "W9", "''"),
    "negative": (put("Shanghai", "W9", -1.0), "W9", "expected an amount of 0"),
    "sum": (put("Shaanxi", "W9", 777.0), "'Shaanxi2012'", "add up to", "total says"),
    "unit": (put("Shaanxi", "W2", "kt CO2"), "W2 is 'kt CO2'", "expected 'Mt CO2'"),
    "renamed": (
        put("Shaanxi", "A9", "Widgets"),
        "row 9 'Widgets'",
        "not a sector that",
    ),
    "twice": (put("Shaanxi", "A9", SECTORS[0]), "row 9", "Farming", "is there twice"),
    "missing_row": (put("Shaanxi", "A51", None), "'Shaanxi2012'", "no row for Rural"),
    "no_total": (put("Shaanxi", "A4", None), "no row 'Total Consumption'"),
    "no_column": (put("Shaanxi", "W1", "Total"), "0 columns 'Scope 1 Total' in row 1"),
    "two_sheets": (add_sheet("上海2012"), "two sheets of one province", "'上海2012'"),
    "other_year": (add_sheet("Hebei2015"), "sheets of the years 2012, 2015"),
    "unknown": (add_sheet("Atlantis2012"), "'Atlantis2012' names no province"),
}


@pytest.mark.parametrize("case", WRONG_PROVINCIAL)
def test_wrong_provincial_files_say_so(tmp_path, case):
    change, *parts = WRONG_PROVINCIAL[case]
    path = write_provincial(tmp_path / "i.xlsx", 2012, amounts_of(), change)
    message = refusal_of(read_provincial_inventory, path)
    for part in ("i.xlsx", *parts):
        assert part in message


def test_another_year_than_the_table(tmp_path):
    path = write_provincial(tmp_path / "i.xlsx", 2012, amounts_of())
    message = refusal_of(read_provincial_inventory, path, 2015)
    assert "emissions of 2012; expected those of the table's year 2015" in message


def test_another_workbook(tmp_path):
    book = Workbook()
    book.active.title = "emission vector"
    book.save(tmp_path / "c.xlsx")
    message = refusal_of(read_provincial_inventory, tmp_path / "c.xlsx")
    assert "totals by city" in message
    path = write_provincial(tmp_path / "n.xlsx", 2012, {})
    message = refusal_of(read_provincial_inventory, path)
    assert "no sheet of a province" in message
    assert "sheets found: 'NOTE'" in message


# --- to the sectors of the tables --------------------


@pytest.mark.parametrize(("sector_list", "code"), [("2012", "25"), ("2017", "24")])
def test_the_concordance_loses_nothing_and_reaches_every_sector(sector_list, code):
    weights = concordance(sector_list, CODES)
    assert weights.shape == (45, 42)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=0, atol=1e-15)
    assert (weights >= 0).all()
    assert (weights.sum(axis=0) > 0).all()
    power = inventory_sectors().index(POWER)
    assert np.flatnonzero(weights[power]).tolist() == [CODES.index(code)]
    (supply,) = [s for s in sectors_of(sector_list) if s.is_power_supply]
    assert supply.sector_id == code


def test_both_lists_mean_the_same_sectors():
    """Sectors that both lists have receive the same, whatever their code."""
    weights = [
        {
            sector.sector_name: concordance(sector_list, CODES)[:, position]
            for position, sector in enumerate(sectors_of(sector_list))
        }
        for sector_list in ("2012", "2017")
    ]
    common = weights[0].keys() & weights[1].keys()
    assert len(common) == 39
    for name in common:
        np.testing.assert_allclose(weights[0][name], weights[1][name])


def test_provincial_totals_survive(tmp_path):
    amounts = amounts_of()
    path = write_provincial(tmp_path / "i.xlsx", 2012, amounts)
    inventory = read_provincial_inventory(path)
    mapped, _ = emissions_of_table(inventory, CODES, HOUSEHOLDS)
    names = ("InnerMongolia", "Shanghai", "Shaanxi")
    for region, name in enumerate(names):
        total = amounts[name][:45].sum()
        assert math.isclose(mapped[region].sum(), total, rel_tol=1e-13)
        # metal ores: ferrous and nonferrous
        assert math.isclose(mapped[region][3], amounts[name][3:5].sum())
        # wholesale and retail, hotels and catering share one source
        assert math.isclose(mapped[region][[28, 30]].sum(), amounts[name][43])


def test_a_table_without_a_sector_is_refused(tmp_path):
    path = write_provincial(tmp_path / "i.xlsx", 2012, amounts_of())
    inventory = read_provincial_inventory(path)
    message = refusal_of(emissions_of_table, inventory, CODES[:-1], HOUSEHOLDS)
    assert "'Others' belong to sector 42, which the table does not have" in message


FUELS = ("006", "039", "040", "097")  # coal, refined petroleum, coke, gas
# numbers of the 139 sectors by the sector of the 42 that they belong to
OTHERS = dict(
    zip(
        CODES[31:],
        [
            *([115], [116, 117, 118], [119], [120, 121], [122, 123, 124]),
            *([125, 126, 127], [128, 129], [130], [131, 132], range(133, 138)),
            [138, 139],
        ],
        strict=True,
    )
)


@pytest.mark.real
def test_weights_are_purchases_of_energy(real_data):
    """Recompute the shares from China's national table of 2012."""
    path = real_data / "china_national_io" / "china_2012_139.csv"
    if not path.exists():
        pytest.skip(f"no {path.name}")
    with path.open(encoding="utf-8") as stream:
        table = {row["Code"]: row for row in csv.DictReader(stream)}
    bought = {
        number: sum(float(table[fuel][f"{number:03d}"]) for fuel in FUELS)
        for number in range(93, 140)
    }
    groups = {
        "Other Manufacturing Industry": {"22": [93], "24": [95]},
        "Transportation, Storage, Post and Telecommunication Services": {
            "30": range(104, 112),
            "32": [114],
        },
        "Wholesale, Retail Trade and Catering Services": {
            "29": [103],
            "31": [112, 113],
        },
        "Others": OTHERS,
    }
    weights = concordance("2012", CODES)
    for source, targets in groups.items():
        row = weights[inventory_sectors().index(source)]
        sums = {code: sum(map(bought.get, parts)) for code, parts in targets.items()}
        for code, amount in sums.items():
            share = amount / sum(sums.values())
            # printed with four digits, the last one may be moved to reach 1
            assert abs(row[CODES.index(code)] - share) < 1e-4
        assert np.count_nonzero(row) == len(targets)


@pytest.mark.real
def test_the_real_provinces(real_data):
    path = real_data / FOLDER / PROVINCIAL
    if not path.exists():
        pytest.skip(f"no {FOLDER}")
    inventory = read_provincial_inventory(path, 2012)
    assert len(inventory.region_ids) == 30
    assert round(inventory.total, 1) == 9742.7
    assert round(inventory.urban.sum() + inventory.rural.sum()) == 407
    assert inventory.decisions[0].code == "provinces_missing"
    assert "no inventory of Tibet: 30 of 31" in inventory.decisions[0].text
    with (real_data / FOLDER / "provinces_2012_sector_co2_mt.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    # six digits were printed
    derived = sum(float(row["Others"]) for row in rows)
    assert abs(inventory.emissions[:, -1].sum() - derived) < 30 * 0.5e-6
    mapped, _ = emissions_of_table(inventory, CODES, HOUSEHOLDS)
    assert math.isclose(mapped.sum(), inventory.emissions.sum(), rel_tol=1e-13)
    power = sum(float(row[POWER]) for row in rows)
    assert abs(mapped[:, 24].sum() - power) < 30 * 0.5e-6
