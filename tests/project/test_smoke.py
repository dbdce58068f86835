"""``make smoke`` says what does not work, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tools import smoke

ROOT = Path(__file__).resolve().parents[2]

TABLE = """region_id,production_emissions,consumption_footprint
A,3100000000.0,2400000000.0
B,480000000.0,2100000000.0
C,3220000000.0,1500000000.0
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Take a folder for the one of temporary files."""
    monkeypatch.setattr(smoke.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(smoke.signal, "signal", lambda *_: None)
    return tmp_path


def test_numbers_other_than_those_by_pencil_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(smoke, "_run", lambda *_: TABLE)
    assert smoke.ask(tmp_path).endswith("as by pencil")
    for one, other in (
        ("2100000000", "2100000010"),
        ("\nB", "\nD"),
        ("3220000000.0", "nan"),
    ):
        spoiled = TABLE.replace(one, other)
        monkeypatch.setattr(smoke, "_run", lambda *_, text=spoiled: text)
        with pytest.raises(smoke.SmokeError, match="by pencil"):
            smoke.ask(tmp_path)


def test_what_is_not_installed_or_does_not_run_is_named(monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==2.0 \\\n --hash=sha256:0\nnone-such==1 --hash=sha256:0\n")
    monkeypatch.setattr(smoke, "LOCK", lock)
    with pytest.raises(smoke.SmokeError, match="not installed: none-such: run make"):
        smoke.check_packages(tmp_path)
    lock.write_text("numpy==0.1 --hash=sha256:0\n")
    monkeypatch.setattr(smoke, "MODULES", ("json",))
    assert "numpy 2." in smoke.check_packages(tmp_path)
    assert "instead of 0.1" in smoke.check_packages(tmp_path)
    monkeypatch.setattr(smoke, "MODULES", ("json", "none_such"))
    with pytest.raises(smoke.SmokeError, match="No module named 'none_such'"):
        smoke.check_packages(tmp_path)


def test_a_step_that_fails_is_the_last_line_and_its_folder_goes(
    temporary, monkeypatch, capsys
):
    def fill(folder: Path) -> str:
        (folder / "file").touch()
        return "filled"

    def fail(_folder: Path) -> str:
        raise smoke.SmokeError("numbers differ")

    monkeypatch.setattr(smoke, "STEPS", (("one", fill),))
    assert smoke.main() == 0
    assert "The installation works" in capsys.readouterr().out.splitlines()[-1]
    monkeypatch.setattr(smoke, "STEPS", (("one", fill), ("two", fail), ("three", fill)))
    assert smoke.main() == 1
    assert capsys.readouterr().out.splitlines()[-1] == "FAILED: two: numbers differ"
    assert not [*temporary.iterdir()]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_what_a_killed_run_left_goes_with_the_next(temporary, monkeypatch):
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    kept = [f"{smoke.PREFIX}{os.getpid()}-x", f"{smoke.PREFIX}mine", "other"]
    for name in (f"{smoke.PREFIX}{gone}-x", *kept):
        (temporary / name / "warehouse").mkdir(parents=True)
    monkeypatch.setattr(smoke, "STEPS", ())
    assert smoke.main() == 0
    assert sorted(path.name for path in temporary.iterdir()) == sorted(kept)


WAITING = """
import sys
from tools import smoke
smoke.STEPS = (("wait", lambda folder: smoke._run(folder, "sleep", "60")),)
sys.exit(smoke.main())
"""


def test_a_signal_ends_what_runs_and_the_folder_goes(tmp_path):
    run = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
    )
    try:
        process = psutil.Process(run.pid)
        while not (children := process.children()) and run.poll() is None:
            time.sleep(0.05)
        assert [*tmp_path.iterdir()]
        run.terminate()
        assert run.wait(30) == 128 + signal.SIGTERM
        assert not psutil.pid_exists(children[0].pid)
        assert not [*tmp_path.iterdir()]
    finally:
        run.kill()
        run.wait()
