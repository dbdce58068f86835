"""``make clean`` removes no environment in which a build is running."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_nothing_is_removed_while_a_build_of_another_dataset_runs(tmp_path):
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    shutil.copytree(CHECKOUT / "tools", tmp_path / "tools")
    program = tmp_path / ".venv" / "bin" / "dbt"
    program.parent.mkdir(parents=True)
    program.write_text("import time; print(1, flush=True); time.sleep(60)")
    clean = ("make", f"PYTHON={sys.executable}", "clean")
    # a `make test VENV=...` around this test would hand its own variables down
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "VENV", "PYTHON"}
    }
    build = subprocess.Popen(
        [sys.executable, ".venv/bin/dbt", "build", "--vars", "dataset: mine"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    try:
        build.stdout.readline()
        refused = subprocess.run(
            clean,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode != 0
        assert f"process {build.pid}: " in refused.stdout
        assert "dataset: mine" in refused.stdout
        assert program.exists()
    finally:
        build.kill()
        build.communicate()
    subprocess.run(
        clean, cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    assert not (tmp_path / ".venv").exists()
