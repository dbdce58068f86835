"""What the tests of all world tables have in common."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from carbonshed.audit import AuditReport, audit_dataset
from carbonshed.dataset import Dataset
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from support.matrix_tables import expected_rows, stored
from support.refusals import refusal_of
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


def assert_value_added(dataset: Dataset, system: System) -> None:
    """Compare components by name: readers bring them in any order."""
    found = {row[1:3]: row[3] for row in stored(dataset, "value_added")}
    ((_, year),) = system.years.items()
    for component, wanted in zip(system.components, year.value_added, strict=True):
        values = [found[k, component] for k in range(len(wanted))]
        np.testing.assert_allclose(values, wanted, rtol=1e-12)


def assert_refused(ingested: Callable[[], Dataset], message: str) -> None:
    """Expect one of the texts that ``|`` separates; nothing may be stored."""
    refusal = refusal_of(ingested)
    assert any(part in refusal for part in message.split("|"))
    assert not Path("data/a").exists()


def audit_or_refuse(ingested: Callable[[], Dataset]) -> AuditReport | None:
    """Audit a dataset from a mutated source of 2010, None if it was refused."""
    try:
        dataset = ingested()
    except CarbonshedError:
        return None
    assert dataset.years == [2010]
    return audit_dataset(dataset)


def mutate(path: Path, place: float, length: int, put: str | bytes) -> None:
    """Put something in place of a part of a file; `place` is a share of its length."""
    is_text = isinstance(put, str)
    content = path.read_text("utf-8") if is_text else path.read_bytes()
    start = int(place * len(content))
    content = content[:start] + put + content[start + length :]
    if is_text:
        path.write_text(content, "utf-8")
    else:
        path.write_bytes(content)


def fuzz(examples: int) -> settings:
    """Return settings for tests that mutate a source."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
