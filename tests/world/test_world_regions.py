"""Indicators to fill in, with the regions of a world table; units; maps."""

import csv

import pytest
from support.layouts.eora26 import write_eora26
from support.layouts.exiobase3 import write_exiobase3
from support.layouts.gloria import write_gloria
from support.layouts.oecd_icio import write_icio
from support.layouts.wiod import write_wiod
from support.refusals import refused
from support.world_systems import Labels, world

from carbonshed.accounting.known_totals import usd_per_unit
from carbonshed.dataset.contract import CATEGORY_GROUPS, REGION_TYPES, SECTOR_GROUPS
from carbonshed.readers.registry import FORMATS
from carbonshed.readers.vocabulary import mass_of
from carbonshed.readers.world.label_maps import label_map, labels_of_table
from carbonshed.readers.world.satellites import Money, money_of

pytest.importorskip("pymrio")

WORLD = ("exiobase3", "wiod", "oecd-icio", "eora26", "gloria")


def small(regions, sectors=("A", "B", "C")):
    labels = Labels(regions, sectors, ("X", "Y"), ("K", "L"))
    return world(labels)


@pytest.mark.parametrize(
    ("form", "write", "expected"),
    [
        (
            "exiobase3",
            lambda system, folder: write_exiobase3(
                system, 2010, folder / "IOT_2010.zip"
            ),
            [("AUT", "Austria"), ("WA", "Rest of Asia and Pacific"), ("ROW", "ROW")],
        ),
        (
            "wiod",
            lambda system, folder: write_wiod(
                system, 2010, folder, ("c1", "c2", "c35")
            ),
            [("AUT", "Austria"), ("WA", "WA"), ("ROW", "Rest of the world")],
        ),
        (
            "oecd-icio",
            lambda system, folder: write_icio(system, 2010, folder),
            [("AUT", "Austria"), ("ROW", "Rest of the world"), ("WA", "WA")],
        ),
        (
            "eora26",
            lambda system, folder: write_eora26(system, 2010, folder / "e"),
            [("AUT", "Austria"), ("WA", "WA")],
        ),
        (
            "gloria",
            lambda system, folder: write_gloria(system, 2010, folder / "g"),
            [("AUT", "Austria"), ("WA", "WA"), ("ROW", "ROW"), ("DYE", "DYE")],
        ),
    ],
)
def test_regions_are_read_without_the_rest(tmp_path, form, write, expected):
    source = write(small(("AUT", "WA", "ROW")), tmp_path)
    assert labels_of_table(form, source, 2010) == expected


def test_other_formats_have_a_file_of_regions(tmp_path):
    with refused(r"--table excel: expected one of.*--regions"):
        labels_of_table("excel", tmp_path, 2010)


@pytest.mark.parametrize(
    ("text", "unit", "factor"),
    [
        ("kg", "kg", 1),
        ("Gg", "kt", 1),
        ("g", "kg", 1e-3),
        ("Mg", "t", 1),
        ("Tg", "Mt", 1),
        ("kilotonnes", "kt", 1),
        ("Tonnes", "t", 1),
        ("kg CO2 eq.", "kg", 1),
        ("Gg CO2-eq", "kt", 1),
        ("1000 t", "kt", 1),
    ],
)
def test_masses(text, unit, factor):
    assert mass_of(text) == (unit, factor)


@pytest.mark.parametrize("text", ["TJ", "mg", "MT", "km2", "", "hr", "M.EUR", "1000 p"])
def test_what_is_no_mass(text):
    assert mass_of(text) is None


@pytest.mark.parametrize(
    ("text", "currency", "factor"),
    [
        ("M.EUR", "EUR", 1e6),
        ("Million USD", "USD", 1e6),
        ("Mill USD", "USD", 1e6),
        ("millions of US$", "USD", 1e6),
        ("000 USD", "USD", 1e3),
        ("\u2018000 US$", "USD", 1e3),
        ("10000 CNY", "CNY", 1e4),
        ("EUR", "EUR", 1.0),
    ],
)
def test_money(text, currency, factor):
    assert money_of(text) == Money(currency, factor)


@pytest.mark.parametrize("text", ["kg", "apples", "TJ", "", "some USD", "-5 USD"])
def test_what_is_no_money(text):
    assert money_of(text) is None


@pytest.mark.parametrize("form", WORLD)
def test_maps_use_the_words_of_the_contract(form):
    sectors, categories = label_map(f"{form}_sectors"), label_map(f"{form}_categories")
    assert {row["sector_group"] for row in sectors.values()} <= set(SECTOR_GROUPS)
    assert {row["category_group"] for row in categories.values()} <= set(
        CATEGORY_GROUPS
    )
    kinds = {row["region_type"] for row in label_map(f"{form}_regions").values()}
    assert kinds <= set(REGION_TYPES)
    assert any(row["is_power_supply"] == "true" for row in sectors.values())
    groups = {row["label"]: row["category_group"] for row in categories.values()}
    stocks = [g for label, g in groups.items() if "nventor" in label or "INV" in label]
    assert set(stocks or ["inventory"]) == {"inventory"}


@pytest.mark.parametrize(
    ("form", "sectors"), [("exiobase3", 350), ("wiod", 35), ("gloria", 123)]
)
def test_maps_are_complete(form, sectors):
    assert len(label_map(f"{form}_sectors")) == sectors


def test_every_world_format_names_its_extra():
    for form in ("from-pymrio", *WORLD):
        assert FORMATS[form].extra == "world"


def test_rates_are_those_of_the_bank():
    assert usd_per_unit("EUR", 2012) == 1.2848
    assert usd_per_unit("USD", 1900) == 1.0
    assert usd_per_unit("EUR", 1900) is None
    assert usd_per_unit("XXX", 2012) is None


def test_the_command_writes_the_file(tmp_path, monkeypatch, capsys):
    from carbonshed.cli import app

    source = write_icio(small(("AUT", "CHN", "ROW")), 2010, tmp_path)
    monkeypatch.chdir(tmp_path)
    arguments = ["indicators", "people.csv", "--table", "oecd-icio"]
    arguments += ["--source", str(source), "--year", "2010"]
    monkeypatch.setattr("sys.argv", ["carbonshed", "template", *arguments])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        app()
    assert end.value.code in (0, None)
    with (tmp_path / "people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["2010", "AUT", "Austria", "", ""]
    assert len(rows) == 4
    assert "people.csv: 3 rows" in capsys.readouterr().out
