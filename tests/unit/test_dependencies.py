"""What is installed: its licences, signed off in the docs, and known advisories."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tools.advisories import INSTALL, TOOL, verdict

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PAGE = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
# of these, any version may be used, changed and passed on with its notice
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-CMU|0?BSD|Apache|ISC|PSF|Python Software Foundation)\b"
)
OTHER = re.compile(r"GPL|MPL|Mozilla|Artistic|Public Domain|Affero|Proprietary", re.I)


def licence(name):
    """Return what a distribution says its licence is, None where it is not here."""
    try:
        found = distribution(name).metadata
    except PackageNotFoundError:  # of another system
        return None
    said = found.get("License-Expression")
    classes = [
        each.rpartition("::")[2].strip()
        for each in found.get_all("Classifier") or []
        if each.startswith("License ::")
    ]
    return said or ", ".join(classes) or (found.get("License") or "")[:80]


def test_every_licence_is_permissive_or_signed_off():
    locked = re.findall(r"^([A-Za-z0-9_.-]+)==", LOCK, re.M)
    assert len(locked) > 100
    signed = set(re.findall(r"`([a-z0-9-]+)`", PAGE.partition("## Licences")[2]))
    for name in locked:
        said = licence(name)
        if said is not None and name not in signed:
            assert PERMISSIVE.search(said), (name, said)
            assert not OTHER.search(said), (name, said)
    assert signed <= set(locked), "signed off, and installed no more"


def requirements(text):
    """Return the lines of a lock with those that they go on with."""
    return [
        line
        for line in text.replace("\\\n", " ").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]


@pytest.mark.parametrize(
    "lock", [ROOT / "requirements.lock", TOOL, ROOT / "bi/superset/requirements.txt"]
)
def test_all_that_is_installed_has_one_version_and_its_hashes(lock):
    lines = requirements(lock.read_text("utf-8"))
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._\[\],-]+==[^ ;]+ ", line), line
        assert "--hash=sha256:" in line, line


def test_who_looks_advisories_up_is_installed_by_its_lock():
    assert "--require-hashes" in INSTALL
    assert str(TOOL) in INSTALL
    assert not [word for word in INSTALL if word == "pip-audit"]
    assert any(
        line.startswith("pip-audit==") for line in requirements(TOOL.read_text("utf-8"))
    )


def test_actions_of_the_example_are_named_by_commit():
    text = (ROOT / "docs/examples/refresh/workflow.yml").read_text("utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert len(used) == 3
    for each in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", each)


FOUND = {"id": "GHSA-1", "fix_versions": ["2"]}


@pytest.mark.parametrize(
    ("dependencies", "code", "words"),
    [
        (None, 0, "SKIPPED: known advisories of dependencies were not looked up: no"),
        ([{"name": "a", "skip_reason": "?"}], 0, "SKIPPED"),
        ([{"name": "a", "version": "1", "vulns": []}], 0, "PASS: no known advisories"),
        (
            [{"name": "a", "version": "1", "vulns": [FOUND]}],
            1,
            "FAIL: known advisories (1 packages looked up, 0 that the index does not"
            " know)\na 1: GHSA-1; mended in 2",
        ),
    ],
)
def test_what_was_not_looked_up_is_said(dependencies, code, words):
    report = None if dependencies is None else {"dependencies": dependencies}
    found = verdict(report)
    assert found[0] == code
    assert found[1].startswith(words)
