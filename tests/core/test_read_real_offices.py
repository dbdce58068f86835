"""Seven offices' workbooks, unedited, against a reading by addresses.

The workbooks are no part of the project: CARBONSHED_TEST_DATA names their folder.
Emissions are invented, in proportion to output: offices publish them elsewhere.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.offices import READINGS, SOURCES

from carbonshed.audit import audit_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_progress
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import read_excel

MAPS = Path(__file__).resolve().parents[2] / "docs" / "examples" / "maps"
BLOCKS = (
    *("transactions", "final_demand", "exports", "output", "imports_by_sector"),
    *("imports_by_category", "imported_products"),
)

# what a wrong map is told by
NOTES = {
    *("numbers_beside", "unread_line_closes", "no_exports", "imports_of_users"),
    *("emissions_of_users", "other_region", "other_year"),
}

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def workbooks(real_data):
    folder = real_data / "workbooks"
    if not folder.is_dir():
        pytest.skip(f"{real_data} has no folder workbooks")
    return folder


def options_of(name: str, expected: dict, sectors: list[str], folder: Path):
    """Return the options of an ingest, with emissions of a tenth of output."""
    lines = ["year,sector_id,value"]
    for year, table in expected.items():
        for sector, output in zip(sectors, table.output, strict=True):
            lines.append(f'{year},"{sector}",{float(abs(output)) / 10!r}')
    emissions = folder / "emissions.csv"
    emissions.write_text("\n".join(lines), encoding="utf-8")
    indicators = MAPS / f"{name}_indicators.csv"
    return IngestOptions(
        "office",
        map=MAPS / f"{name}.yml",
        emissions=emissions,
        indicators=indicators if indicators.exists() else None,
    )


def sector_ids(name: str) -> list[str]:
    """Return the ids of the sectors of a map, in order."""
    import yaml

    content = yaml.load((MAPS / f"{name}.yml").read_text("utf-8"), yaml.BaseLoader)
    return [sector["sector_id"] for sector in content["sectors"]]


@pytest.mark.parametrize("name", SOURCES)
def test_equal_to_a_reading_by_addresses(name, workbooks, tmp_path):
    source = workbooks / SOURCES[name]
    expected = READINGS[name](source)
    options = options_of(name, expected, sector_ids(name), tmp_path)
    tables = read_excel(source, options, no_progress)
    assert [table.year for table in tables] == list(expected)
    for table in tables:
        table.check()
        assert not NOTES & {decision.code for decision in table.decisions}
        wanted = expected[table.year]
        for block in BLOCKS:
            found, known = getattr(table, block), getattr(wanted, block)
            if known is None:
                assert found is None, block
                continue
            scale = np.abs(known).max()
            np.testing.assert_allclose(
                found, known, rtol=1e-10, atol=1e-10 * scale, err_msg=block
            )
        added = np.sum(list(table.value_added.values()), axis=0)
        np.testing.assert_allclose(added, wanted.value_added, rtol=1e-10, atol=1e-6)


@pytest.mark.parametrize("name", ["chile", "japan"])
def test_ingested_and_audited(name, workbooks, tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    source = workbooks / SOURCES[name]
    expected = READINGS[name](source)
    options = options_of(name, expected, sector_ids(name), tmp_path)
    dataset = ingest("excel", source, options)
    failed = [c for c in audit_dataset(dataset).checks if c.status == "FAIL"]
    assert failed == []


def _category(content: dict, group: str) -> dict:
    return next(c for c in content["categories"] if c["category_group"] == group)


def without_inventories(content: dict) -> None:
    """Forget the changes in inventories."""
    content["categories"].remove(_category(content, "inventory"))


def exports_as_a_category(content: dict) -> None:
    """Count exports as consumption."""
    headers = content["blocks"].pop("exports")["column"]
    content["categories"].append(
        {
            "category_id": "x",
            "category_name": "Others",
            "category_group": "other",
            "sum": headers if isinstance(headers, list) else [headers],
        }
    )


def exchanged_codes(content: dict) -> None:
    """Exchange the codes of households and government."""
    one, other = _category(content, "household"), _category(content, "government")
    for key in ("label", "sum"):
        one[key], other[key] = other.get(key, ""), one.get(key, "")


def moved_names(content: dict) -> None:
    """Move the names of sectors by one against their ids."""
    names = [sector["sector_name"] for sector in content["sectors"]]
    for sector, name in zip(content["sectors"], [*names[1:], names[0]], strict=True):
        sector["sector_name"] = name


def without_imports_of_users(content: dict) -> None:
    """Forget what final users import."""
    del content["blocks"]["imports_of_final_users"]


def without_taxes(content: dict) -> None:
    """Forget the taxes on products."""
    del content["blocks"]["value_added"]["taxes_on_products"]


SINGLE = ("australia", "chile", "croatia", "jakarta", "japan")
WRONG = [
    *((name, exports_as_a_category, "no_exports") for name in SOURCES),
    *((name, exchanged_codes, None) for name in SOURCES),
    # Chile's sheet has no names of sectors
    *((name, moved_names, None) for name in SOURCES if name != "chile"),
    *(
        (name, without_inventories, "unread_line_closes")
        for name in ("australia", "chile", "jakarta")
    ),
    ("australia", without_taxes, "unread_line_closes"),
    ("australia", without_imports_of_users, "imports_of_users"),
]


@pytest.mark.parametrize(
    ("name", "spoil", "code"),
    WRONG,
    ids=lambda value: getattr(value, "__name__", value),
)
def test_wrong_maps(name, spoil, code, workbooks, tmp_path):
    """Each balances within the gates, and is refused or named in a WARNING."""
    import yaml

    source = workbooks / SOURCES[name]
    expected = READINGS[name](source)
    options = options_of(name, expected, sector_ids(name), tmp_path)
    content = yaml.load((MAPS / f"{name}.yml").read_text("utf-8"), yaml.BaseLoader)
    spoil(content)
    path = tmp_path / "map.yml"
    path.write_text(json.dumps(content), encoding="utf-8")
    year = None if name in SINGLE else max(expected)
    options = replace(options, map=path, year=year)
    if code is None:
        with pytest.raises(CarbonshedError, match="exchanged"):
            read_excel(source, options, no_progress)
        return
    (table,) = read_excel(source, options, no_progress)
    (text,) = [each.text for each in table.decisions if each.code == code]
    assert text.startswith("WARNING: ")
