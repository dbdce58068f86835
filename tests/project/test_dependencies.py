"""What is installed: its licences, signed off in the docs, and known advisories."""

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.advisories import INSTALL, LOCKS, TOOL, verdict
from tools.smoke import locked_versions

ROOT = Path(__file__).resolve().parents[2]
USERS, DEVELOPERS = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
LOCK = "".join(lock.read_text("utf-8") for lock in (USERS, DEVELOPERS))
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
    "lock",
    [
        *(USERS, DEVELOPERS, TOOL),
        ROOT / "bi/superset/requirements.txt",
        ROOT / "tools/site/requirements.txt",
    ],
)
def test_all_that_is_installed_has_one_version_and_its_hashes(lock):
    lines = requirements(lock.read_text("utf-8"))
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._\[\],-]+==[^ ;]+ ", line), line
        assert "--hash=sha256:" in line, line


def unmet(requirements, versions):
    """Return the requirements, without those of other systems, that no version meets.

    `requirements` are texts, `versions` those of a lock.
    """
    return [
        str(package)
        for package in map(Requirement, requirements)
        if package.marker is None or package.marker.evaluate({"extra": ""})
        if not package.specifier.contains(
            versions.get(canonicalize_name(package.name), ""), prereleases=True
        )
    ]


def required(names):
    """Return what installed packages require."""
    return [text for name in names for text in distribution(name).requires or []]


def test_what_users_run_is_whole_and_fits_what_developers_add():
    users, more = (
        locked_versions(lock.read_text("utf-8")) for lock in (USERS, DEVELOPERS)
    )
    assert not set(users) & set(more), "a package has its version from one lock"
    everything = users | more
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    core, extras = project["dependencies"], project["optional-dependencies"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    of_users = re.search(r"^USERS := (.*)$", makefile, re.M)[1].split()
    needed = [*core, *(text for extra in of_users for text in extras[extra])]
    assert not unmet([*needed, *required(users)], users)
    needed = [*core, *(text for texts in extras.values() for text in texts)]
    assert not unmet([*needed, *required(everything)], everything)
    # a lock that is older than a requirement would be found
    assert unmet(core, users | {"duckdb": "1.0"}) == ["duckdb==1.5.5"]
    assert unmet(required(["pymrio"]), users | {"numpy": "0.1"})


def test_make_installs_what_users_run_and_make_test_the_rest():
    def plan(*words):
        return subprocess.run(
            ["make", "--dry-run", "--always-make", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert "--requirement requirements.lock" in plan()
    for target in ((), ("report",), ("install",)):
        assert DEVELOPERS.name not in plan(*target)
    for target in ("test", "lint", "docs", "bench", "develop"):
        users, _, rest = plan(target).partition(DEVELOPERS.name)
        assert "venv --clear" in users
        assert "venv --clear" not in rest


def test_who_looks_advisories_up_is_installed_by_its_lock():
    assert {USERS, DEVELOPERS} == set(LOCKS)
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
