"""CI runs the tests on the oldest and the newest promised Python of the machine."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = CHECKOUT / ".ci" / "pythons"

# a Python that knows its version and path, and whether it can make environments
_PYTHON = """#!/bin/sh
case "$2" in
    *platform*) echo "{version} $0" ;;
    *venv*) exit {code} ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return a folder that is searched for programs, and for nothing else."""
    for program in ("bash", "env", "sh"):
        (tmp_path / program).symlink_to(f"/bin/{program}")
    return tmp_path


def install(machine: Path, name: str, version: str, *, has_venv: bool = True) -> None:
    python = machine / name
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(_PYTHON.format(version=version, code=int(not has_venv)))
    python.chmod(0o755)


def pythons(machine: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [PROGRAM],
        env={"PATH": str(machine), "PYENV_ROOT": str(machine / "pyenv")},
        capture_output=True,
        text=True,
        check=True,
    )


def test_the_promised_pythons_are_listed_from_old_to_new(machine: Path) -> None:
    install(machine, "python3.13", "3.13.1")
    install(machine, "python3", "3.11.4")
    install(machine, "python3.14", "3.14.0")
    install(machine, "python3.10", "3.10.9")
    install(machine, "pyenv/versions/3.12.2/bin/python3.12", "3.12.2")
    assert pythons(machine).stdout.splitlines() == [
        f"3.11.4 {machine}/python3",
        f"3.12.2 {machine}/pyenv/versions/3.12.2/bin/python3.12",
        f"3.13.1 {machine}/python3.13",
    ]


def test_a_python_without_venv_is_skipped_in_words(machine: Path) -> None:
    install(machine, "python3.11", "3.11.4")
    install(machine, "python3.13", "3.13.1", has_venv=False)
    found = pythons(machine)
    assert found.stdout == f"3.11.4 {machine}/python3.11\n"
    assert found.stderr == (
        f"Python 3.13.1 is skipped: {machine}/python3.13 has no venv module\n"
    )


def test_the_list_is_what_the_project_promises() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    oldest, beyond = re.fullmatch(
        r">=3\.(\d+),<3\.(\d+)", project["project"]["requires-python"]
    ).groups()
    promised = [f"3.{minor}" for minor in range(int(oldest), int(beyond))]
    assert f"promised=({' '.join(promised)})" in PROGRAM.read_text("utf-8")
