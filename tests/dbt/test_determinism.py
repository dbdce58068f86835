"""The same warehouse is published the same; see docs/reliability.md.

That another build gives the same numbers: here by a cluster, and after a kill in
``test_failing_paths.py``.
"""

from pathlib import Path

import pytest
from support.copies import copy_dataset
from support.same_marts import OF_THE_RUN, copied, differing_columns


def test_the_same_warehouse_is_published_byte_by_byte_the_same(
    three_cities: Path, tmp_path: Path
) -> None:
    one, other = (copied(three_cities, tmp_path / name) for name in ("one", "other"))
    for path in one.iterdir():
        same = path.read_bytes() == (other / path.name).read_bytes()
        assert same or path.stem in OF_THE_RUN, path.name


@pytest.mark.slow
def test_a_cluster_gives_the_same_marts(required_only, project, tmp_path):
    name = "clustered"
    other = copy_dataset(project.root, required_only.name, name, is_solved=False)
    words = ("--full-refresh",)
    with project.untested():
        built = project.dbt("build", name, *words, solver="dask", memory_gb=1)
    assert "one task for a worker" in built.must_pass().text
    marts = [
        copied(path, tmp_path / path.stem) for path in (required_only.warehouse, other)
    ]
    assert differing_columns(*marts) == ["dataset.name"]
