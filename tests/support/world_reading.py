"""What the tests of all world tables have in common."""

from pathlib import Path
from typing import Any

import pytest

from carbonshed.dataset import Dataset
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from support.matrix_tables import expected_rows, stored
from support.systems import System
from support.world_systems import write_indicators


def read(
    form: str, source: Path, system: System, name: str = "a", **options: Any
) -> Dataset:
    """Ingest a source with the indicators of its system."""
    if "indicators" not in options:
        options["indicators"] = write_indicators(system, Path("indicators.csv"))
    return ingest(form, source, IngestOptions(name, **options))


def assert_read_back(
    dataset: Dataset, system: System, tables: tuple[str, ...], rtol: float = 1e-12
) -> None:
    """Compare stored tables with a system: labels exactly, numbers to `rtol`."""
    expected = expected_rows(system)
    for table in tables:
        found, wanted = stored(dataset, table), expected[table]
        assert len(wanted) > 1, table
        assert [row[:-1] for row in found] == [row[:-1] for row in wanted], table
        numbers = [row[-1] for row in wanted]
        assert [row[-1] for row in found] == pytest.approx(numbers, rel=rtol), table


ALL_TABLES = (
    "transactions",
    "final_demand",
    "value_added",
    "emissions",
    "direct_emissions",
)
