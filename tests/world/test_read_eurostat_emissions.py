"""Emissions of FIGARO from Eurostat's bulk files: accounts, and official footprints."""

from dataclasses import replace

import numpy as np
import pytest
from support.layouts.figaro import INDUSTRIES, YEAR, figaro, write_bulk
from support.matrix_tables import stored
from support.refusals import refusal_of

from carbonshed.dataset.matrix_store import store_matrix_table
from carbonshed.progress import no_progress
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.eurostat import ACCOUNTS
from carbonshed.readers.world.figaro import read_figaro

AREAS = ("GR", "GB", "US", "FIGW1")
TABLE = figaro(n_industries=len(INDUSTRIES), areas=AREAS)
N = len(INDUSTRIES)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a table, accounts of two areas, and footprints of all."""
    TABLE.write(tmp_path / f"matrix_eu-ic-io_ind-by-ind_25ed_{YEAR}.csv")
    TABLE.write_accounts(tmp_path / f"estat_{ACCOUNTS}.tsv.gz", AREAS[:2])
    TABLE.write_footprints(tmp_path / "env_ac_co2fp.tsv")
    return tmp_path


def read(folder, **more):
    options = IngestOptions(name="w", year=YEAR, **more)
    table = read_figaro(folder, options, no_progress)
    table.check()
    return table


def texts(table, code: str) -> list[str]:
    return [d.text for d in table.decisions if d.code == code]


def test_accounts_are_read_to_the_last_digit(folder):
    table = read(folder)
    assert table.emissions["co2"].tolist() == TABLE.emissions.tolist()
    direct = table.direct_emissions["co2"]
    ids = [row["category_id"] for row in table.categories]
    assert direct[:, ids.index("P3_S14")].tolist() == TABLE.of_households.tolist()
    assert direct.sum() == TABLE.of_households.sum()
    assert [(row["stressor_id"], row["unit"]) for row in table.stressors] == [
        ("co2", "kt")
    ]
    first, second = texts(table, "stressor_source")
    assert first.endswith(f"estat_{ACCOUNTS}.tsv.gz: GR, GB")
    assert second.endswith("env_ac_co2fp.tsv: US, FIGW1")
    assert not texts(table, "emissions_missing")


def test_a_file_of_the_user_goes_before(folder):
    own = folder / "own.csv"
    rows = [f"US,{code},1.5\n" for code in INDUSTRIES]
    own.write_text("region_id,sector_id,value\n" + "".join(rows))
    co2 = read(folder, emissions=own, emissions_unit="Mt").emissions["co2"]
    assert co2[2 * N : 3 * N].tolist() == [1.5] * N  # stored in Mt
    np.testing.assert_allclose(co2[:N] * 1000, TABLE.emissions[:N], rtol=1e-14)


def test_areas_without_emissions_are_refused_not_zero(folder):
    (folder / "env_ac_co2fp.tsv").unlink()
    said = refusal_of(read, folder)
    assert f"no emissions of co2 in {YEAR} for 2 of 4 areas: US, FIGW1;" in said
    assert "in --emissions FILE with the columns region_id, sector_id, value" in said
    table = read(folder, accept=frozenset({"co2-total"}))
    assert not table.emissions["co2"][2 * N :].any()
    (warning,) = texts(table, "emissions_missing")
    assert warning.endswith("US, FIGW1; they count as 0")


def test_a_larger_rest_of_the_world_is_not_taken(folder):
    TABLE.write_footprints(folder / "env_ac_co2fp.tsv", ("GR", "GB", "FIGW1"))
    said = refusal_of(read, folder)
    assert "for 2 of 4 areas: US, FIGW1; the rest of the world in" in said
    assert "is not taken, because it has US in it" in said


def test_what_is_not_available_is_a_warning(folder):
    accounts = folder / f"estat_{ACCOUNTS}.tsv.gz"
    TABLE.write_accounts(accounts, AREAS[:2], missing=("C19", "HH"))
    table = read(folder)
    assert table.emissions["co2"][INDUSTRIES.index("C19")] == 0
    gaps, households, rows = texts(table, "emissions_missing")
    lost = TABLE.emissions[INDUSTRIES.index("C19")] / TABLE.emissions[:N].sum()
    assert f"GR ({lost:.2%})" in gaps
    assert "no co2 of households in GR, GB" in households
    assert "'GR / C19', 'GB / C19'" in rows


def test_ghg_is_chosen(folder):
    assert "--stressor NOX: expected CO2 or GHG" in refusal_of(
        read, folder, stressors=("NOX",)
    )
    TABLE.write_footprints(folder / "env_ac_ghgfp.tsv")
    table = read(folder, stressors=("GHG",))  # the accounts have none
    assert table.emissions["ghg"].tolist() == TABLE.emissions.tolist()


def test_official_footprints_stand_beside_what_is_computed(folder):
    """As printed, else of industries and households; what is not available is no 0."""
    path = folder / "env_ac_co2fp.tsv"
    dimensions, *lines = path.read_text().splitlines()
    printed = {
        "TOTAL_HH,EL": "1234.5 p",
        "TOTAL_HH,UK": ":",
        "TOTAL,UK": "1000 e",
        "HH,UK": "0.25",
        "TOTAL_HH,US": ": c",
        "TOTAL,US": "7",
        "HH,US": ":",
        "TOTAL_HH,WRL_REST": "0",
    }
    for number, line in enumerate(lines):
        for area, text in printed.items():
            if line.startswith(f"A,WORLD,{area},TOTAL,THS_T\t"):
                lines[number] = f"{line[: line.rindex(chr(9))]}\t{text}"
    path.write_text("\n".join([dimensions, *lines]))
    table = read(folder, emissions_unit="Mt")
    columns = ("year", "stressor_id", "region_id", "published_footprint", "unit")
    assert [[row[name] for name in columns] for row in table.official_footprints] == [
        [YEAR, "co2", "GR", 1234.5, "kt"],
        [YEAR, "co2", "GB", 1000.25, "kt"],
    ]
    (row, _) = table.official_footprints
    assert "residents, at home or abroad (residence principle)" in row["extent"]
    assert row["source"] == "Eurostat, env_ac_co2fp.tsv"
    assert texts(table, "official_footprints") == [
        "env_ac_co2fp.tsv: official footprints of 2 of 4 areas, not of US, FIGW1"
    ]
    path.write_text(path.read_text().replace("THS_T", "T"))
    table = read(folder, accept=frozenset({"co2-total"}))
    assert {row["unit"] for row in table.official_footprints} == {"t"}


def test_a_larger_rest_of_the_world_has_no_official_footprint(folder):
    path = folder / "env_ac_co2fp.tsv"
    without = [row for row in path.read_text().splitlines() if ",US,TOTAL" not in row]
    path.write_text("\n".join(without))
    rows = read(folder).official_footprints
    assert [row["region_id"] for row in rows] == ["GR", "GB"]


def test_without_the_file_nothing_official_is_kept_of_a_year(folder, monkeypatch):
    """Rows of other years stay, and so do those of a user's own folder."""
    monkeypatch.chdir(folder)
    (folder / "dbt_project.yml").touch()
    first = read(folder)
    (folder / "env_ac_co2fp.tsv").unlink()
    second = read(folder, accept=frozenset({"co2-total"}))
    assert second.official_footprints == []
    for table in (first, second):
        table.population = [1] * len(AREAS)
    other = replace(
        first,
        year=YEAR + 1,
        official_footprints=[
            row | {"year": YEAR + 1} for row in first.official_footprints[:1]
        ],
    )
    store_matrix_table(first, "w", "figaro")
    both = store_matrix_table(other, "w", "figaro")
    years = [row[0] for row in stored(both, "official_footprints")]
    assert years == [YEAR] * len(AREAS) + [YEAR + 1]
    left = store_matrix_table(second, "w", "figaro")
    assert [row[0] for row in stored(left, "official_footprints")] == [YEAR + 1]
    own = {"official_footprints": [first.official_footprints[1]]}
    last = store_matrix_table(replace(other, assumptions=own), "w", "figaro")
    assert [row[:3] for row in stored(last, "official_footprints")] == [
        (YEAR, "co2", "GB")
    ]


@pytest.mark.parametrize(
    ("dimensions", "lines", "expected"),
    [
        ("freq,nace_r2,unit,geo", [], "expected the dimensions of a bulk file"),
        ("freq,airpol,nace_r2,unit,geo", [("A,CO2,A01,T", "1")], "expected 5 codes"),
        (
            "freq,airpol,nace_r2,unit,geo",
            [("A,CO2,A01,T,EL", "1,5")],
            f"line 2, {YEAR}: '1,5'; expected a number or",
        ),
    ],
)
def test_a_broken_bulk_file(folder, dimensions, lines, expected):
    path = folder / f"estat_{ACCOUNTS}.tsv.gz"
    write_bulk(path, dimensions, [(tuple(k.split(",")), text) for k, text in lines])
    said = refusal_of(read, folder)
    assert said.startswith(path.name)
    assert expected in said


def test_a_bulk_file_of_other_years_or_cut_off(folder):
    path = folder / "env_ac_co2fp.tsv"
    path.write_text(path.read_text().replace(f"{YEAR} ", "2009 "))
    assert f"no year {YEAR}; there are 2009, {YEAR - 1}" in refusal_of(read, folder)
    packed = folder / f"estat_{ACCOUNTS}.tsv.gz"
    packed.write_bytes(packed.read_bytes()[:-100])
    assert "download it again" in refusal_of(read, folder)
    (folder / f"{ACCOUNTS}_filtered.tsv").write_text("")
    assert f"expected one file of {ACCOUNTS}" in refusal_of(read, folder)
