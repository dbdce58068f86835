"""The core works where the rooms that may be absent are absent."""

import shutil
import subprocess
import sys

import pytest
from support.copies import CHECKOUT, copy_project

ROOMS = (
    "report",
    "readers/look",
    "readers/world",
    "readers/china",
    "compile",
    "synthetic",
    "usa_states",
    "solve/cluster",
    "download",
    "export",
)


@pytest.mark.slow
def test_from_tables_to_answers_without_the_rooms(tmp_path):
    package = tmp_path / "carbonshed"
    shutil.copytree(CHECKOUT / "carbonshed", package)
    for room in ROOMS:
        shutil.rmtree(package / room)
    copy_project(tmp_path)  # a clone holds both
    steps = "from tools import smoke; import sys, tempfile; from pathlib import Path\n"
    steps += "with tempfile.TemporaryDirectory() as folder:\n"
    steps += "    for step in (smoke.ingest, smoke.build, smoke.ask):\n"
    steps += "        print(step(Path(folder)))\n"
    result = subprocess.run(
        [sys.executable, "-c", steps],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}:{CHECKOUT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "as by pencil" in result.stdout
