"""A process that is granted too little is refused in words, not by a library."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("carbonshed")


def ended(folder: Path, *, kilobytes: int = 0, **environment: str) -> str:
    """Return what the list of datasets says where it is refused."""

    def limit() -> None:
        if kilobytes:
            resource.setrlimit(resource.RLIMIT_AS, (kilobytes * 1024,) * 2)

    done = subprocess.run(
        [PROGRAM, "list"],
        cwd=folder,
        env={**os.environ, **environment},
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("kilobytes", [300_000, 400_000])
def test_too_little_address_space(tmp_path, kilobytes):
    said = ended(tmp_path, kilobytes=kilobytes)
    assert "of address space (ulimit -v)" in said
    assert "raise the limit" in said


def test_file_names_that_are_not_in_utf_8(tmp_path):
    folder = tmp_path / "données"
    folder.mkdir()
    plain = {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "LC_ALL": "POSIX"}
    said = ended(folder, **plain)
    assert "file names for ascii" in said
    assert "set LC_ALL=C.UTF-8" in said
    done = subprocess.run(
        [PROGRAM, "list"],
        cwd=tmp_path,
        env={**os.environ, **plain},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, "a path of ASCII letters"
