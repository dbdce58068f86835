"""The template of the city table: filled in, it is what the reader asks for."""

import csv

import pytest
from support.layouts.ceads_city import REGIONS, city_system

from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.city.template import write_city_template
from carbonshed.readers.common.label_files import REGION_FILE, SECTOR_FILE, read_labels


def test_a_folder_has_regions_sectors_and_a_word_of_help(tmp_path):
    folder = tmp_path / "new" / "labels"
    files = write_city_template(folder)
    assert sorted(file.name for file in files) == [
        "README.md",
        "indicators.csv",
        "regions.csv",
        "sectors_2012.csv",
        "sectors_2017.csv",
    ]
    assert all(file.is_file() for file in files)
    assert "ceads-city" in (folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("name", "place"), [("2012", 24), ("2017", 23)])
def test_the_lists_of_sectors_are_those_of_their_years(tmp_path, name, place):
    write_city_template(tmp_path / "labels")
    rows = read_labels(tmp_path / "labels" / f"sectors_{name}.csv", SECTOR_FILE)
    assert len(rows) == 42
    assert [k for k, row in enumerate(rows) if row["is_power_supply"]] == [place]
    assert "电力" in rows[place]["sector_name"]
    expected = [sector.id for sector in city_system(1, int(name)).sectors]
    assert [row["sector_id"] for row in rows] == expected


def test_regions_that_are_filled_in_are_read(tmp_path):
    path = tmp_path / "regions.csv"
    assert write_city_template(path) == [path]
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, REGION_FILE.column_names)
        for number, region in enumerate(REGIONS, start=1):
            writer.writerow(
                {
                    "position": number,
                    "region_id": region.id,
                    "region_name": region.name,
                    "region_type": region.type,
                    "population": 10 * number,
                }
            )
    rows = read_labels(path, REGION_FILE)
    assert [row["region_name"] for row in rows] == [r.name for r in REGIONS]
    assert [row["population"] for row in rows] == [10, 20, 30, 40]


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "regions.csv").touch()
    for name in ("full", "regions.csv"):
        with pytest.raises(CarbonshedError, match="does not overwrite anything"):
            write_city_template(tmp_path / name)
    with pytest.raises(CarbonshedError, match="cannot be written"):
        write_city_template(tmp_path / "regions.csv" / "labels")
