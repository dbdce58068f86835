"""A check of both locks for known advisories, if a package index answers.

Run in CI as ``python -m tools.advisories``. pip-audit gets a temporary environment,
since the project needs none of its dependencies, and a lock with hashes of its own,
since it runs beside the sources.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

LOCKS = tuple(
    Path(__file__).resolve().parents[1] / name
    for name in ("requirements.lock", "requirements-dev.lock")
)
TOOL = Path(__file__).with_name("pip-audit.txt")
INSTALL = ("install", "--quiet", "--require-hashes", "--requirement", str(TOOL))
_SECONDS = 600


def verdict(report: dict[str, Any] | None) -> tuple[int, str]:
    """Return the exit code and the message for a report of pip-audit.

    Parameters
    ----------
    report
        JSON of pip-audit; None if it could not run.
    """
    skipped = "SKIPPED: known advisories of dependencies were not looked up"
    if report is None:
        return 0, f"{skipped}: no package index answers"
    audited = [package for package in report["dependencies"] if "vulns" in package]
    if not audited:
        return 0, f"{skipped}: the index knows of none of the packages"
    advisories = [
        f"{package['name']} {package['version']}: {advisory['id']}; mended in"
        f" {', '.join(advisory['fix_versions']) or 'no version yet'}"
        for package in audited
        for advisory in package["vulns"]
    ]
    unknown = len(report["dependencies"]) - len(audited)
    about = f"{len(audited)} packages looked up, {unknown} that the index does not know"
    if advisories:
        return 1, "\n".join([f"FAIL: known advisories ({about})", *advisories])
    return 0, f"PASS: no known advisories ({about})"


def audit() -> dict[str, Any] | None:
    """Run pip-audit and return its report, None if that is impossible."""
    with tempfile.TemporaryDirectory(prefix="carbonshed-") as folder:
        programs = Path(folder) / "venv"
        report = Path(folder) / "report.json"
        try:
            venv.create(programs, with_pip=True)
            pip = programs / "bin" / "pip"
            _run(str(pip), *INSTALL)
            _run(
                str(programs / "bin" / "pip-audit"),
                *(word for lock in LOCKS for word in ("--requirement", str(lock))),
                *("--no-deps", "--disable-pip"),
                *("--format", "json", "--output", str(report)),
                *("--progress-spinner", "off"),
                fails=True,  # its exit code for advisories
            )
            return json.loads(report.read_text("utf-8"))
        except (OSError, subprocess.SubprocessError, ValueError):
            return None


def _run(*command: str, fails: bool = False) -> None:
    subprocess.run(command, check=not fails, capture_output=True, timeout=_SECONDS)


if __name__ == "__main__":
    code, message = verdict(audit())
    print(message)
    sys.exit(code)
