"""Seven offices' workbooks, unedited, against a reading by addresses.

The workbooks are no part of the project: CARBONSHED_TEST_DATA names their folder.
Emissions are invented, in proportion to output: offices publish them elsewhere.
"""

from pathlib import Path

import numpy as np
import pytest
from support.offices import READINGS, SOURCES

from carbonshed.audit import audit_dataset
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.reader import read_excel
from carbonshed.text import no_progress

MAPS = Path(__file__).resolve().parents[2] / "docs" / "examples" / "maps"
BLOCKS = (
    *("transactions", "final_demand", "exports", "output", "imports_by_sector"),
    *("imports_by_category", "imported_products"),
)

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
