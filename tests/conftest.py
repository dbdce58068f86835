"""What all tests share."""

import os
from pathlib import Path

# before NumPy is imported: tests run beside each other, one on each core, and on small
# systems; more threads of BLAS than cores wait for each other ten times as long
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# tests start some hundred processes: each module is compiled by the first of them
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest

pytest_plugins = ("support.warehouses",)

# a browser, a cluster of processes, a wheel that is installed, an ingest that is killed
SLOW = {"browser", "scheduler", "wheel", "large"}
MOST_PROCESSES = 6  # there are not many more warehouses to build at a time


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes share the tests; 0 is this one alone.

    A file or a test that was named is run here, without the start of others.
    """
    is_named = any(".py" in str(word) for word in config.invocation_params.args)
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    return 0 if is_named or cores == 1 else min(cores, MOST_PROCESSES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is left to `make test-slow` by what it needs."""
    for item in items:
        if not SLOW.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real tables; tests that need it skip without it."""
    folder = os.environ.get("CARBONSHED_TEST_DATA")
    if not folder:
        pytest.skip(
            "CARBONSHED_TEST_DATA is not set: it names the folder with the real "
            "tables finland_2014 and wiod_2011"
        )
    path = Path(folder).resolve()
    missing = [
        name for name in ("finland_2014", "wiod_2011") if not (path / name).is_dir()
    ]
    if missing:
        pytest.fail(f"CARBONSHED_TEST_DATA={path} has no folder {', '.join(missing)}")
    return path


@pytest.fixture
def empty_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty project, whose root is the current folder."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path
