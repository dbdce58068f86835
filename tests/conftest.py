"""What all tests share."""

import os
from pathlib import Path

import pytest


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
