"""Known advisories about what requirements.lock installs, where somebody answers.

Run in CI as ``python -m tools.advisories``. pip-audit comes into an environment of its
own, which is removed again: none of what it needs is needed to build or to read. It is
installed by a lock of its own, with hashes: it runs beside the sources.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
TOOL = Path(__file__).with_name("pip-audit.txt")
INSTALL = ("install", "--quiet", "--require-hashes", "--requirement", str(TOOL))
_SECONDS = 600


def verdict(report: dict[str, Any] | None) -> tuple[int, str]:
    """Return the exit code and the words for a report of pip-audit.

    Parameters
    ----------
    report
        What pip-audit has written as JSON; None if it could not be asked.
    """
    skipped = "SKIPPED: known advisories of dependencies were not looked up"
    if report is None:
        return 0, f"{skipped}: no package index answers"
    known = [each for each in report["dependencies"] if "vulns" in each]
    if not known:
        return 0, f"{skipped}: the index knows of none of the packages"
    lines = [
        f"{each['name']} {each['version']}: {found['id']}; mended in"
        f" {', '.join(found['fix_versions']) or 'no version yet'}"
        for each in known
        for found in each["vulns"]
    ]
    unknown = len(report["dependencies"]) - len(known)
    about = f"{len(known)} packages looked up, {unknown} that the index does not know"
    if lines:
        return 1, "\n".join([f"FAIL: known advisories ({about})", *lines])
    return 0, f"PASS: no known advisories ({about})"


def ask() -> dict[str, Any] | None:
    """Return the report of pip-audit, None where it cannot be had."""
    with tempfile.TemporaryDirectory(prefix="carbonshed-") as folder:
        programs = Path(folder) / "venv"
        report = Path(folder) / "report.json"
        try:
            venv.create(programs, with_pip=True)
            pip = programs / "bin" / "pip"
            _run(str(pip), *INSTALL)
            _run(
                str(programs / "bin" / "pip-audit"),
                *("--requirement", str(LOCK), "--no-deps", "--disable-pip"),
                *("--format", "json", "--output", str(report)),
                *("--progress-spinner", "off"),
                fails=True,  # that there are advisories
            )
            return json.loads(report.read_text("utf-8"))
        except (OSError, subprocess.SubprocessError, ValueError):
            return None


def _run(*command: str, fails: bool = False) -> None:
    subprocess.run(command, check=not fails, capture_output=True, timeout=_SECONDS)


if __name__ == "__main__":
    code, words = verdict(ask())
    print(words)
    sys.exit(code)
