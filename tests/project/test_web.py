"""Packages of tools/web: pinned, without a host, under permissive licences."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "tools" / "web"
LOCK = json.loads((WEB / "package-lock.json").read_text("utf-8"))["packages"]
ASSETS = ROOT / "carbonshed" / "report" / "assets"
PERMISSIVE = {"ISC", "MIT", "BSD-2-Clause", "BSD-3-Clause"}
HEADING = re.compile(r"^-{72}\n\n(\S+) (\S+) \((\S+)\)$", re.M)


def packages():
    """Return name, version and licence of the installed packages of the lock."""
    return {
        (path.rpartition("node_modules/")[2], entry["version"], entry["license"])
        for path, entry in LOCK.items()
        if path
    }


def test_every_package_is_pinned_and_permissive():
    locked = {path: entry for path, entry in LOCK.items() if path}
    assert len(locked) > 15
    for path, entry in locked.items():
        assert entry["license"] in PERMISSIVE, path
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry, path
    package = json.loads((WEB / "package.json").read_text("utf-8"))
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert version == LOCK[f"node_modules/{name}"]["version"], name
    assert not re.search(r"https?:", (WEB / "package-lock.json").read_text("utf-8"))


def test_licences_of_what_is_bundled_are_shipped():
    text = (ASSETS / "THIRD_PARTY.txt").read_text("utf-8")
    shipped = HEADING.findall(text)
    assert shipped
    assert set(shipped) <= packages(), "licences of packages that are not locked"
    notices = [part for part in HEADING.split(text)[4::4] if part.strip()]
    assert len(notices) == len(shipped)
    assert all("Copyright" in notice for notice in notices)


def test_every_package_is_used():
    package = json.loads((WEB / "package.json").read_text("utf-8"))
    scripts = [*WEB.glob("*.js"), *(WEB / "src").glob("*.js")]
    code = "".join(path.read_text("utf-8") for path in scripts)
    for name in package["dependencies"] | package["devDependencies"]:
        assert re.search(rf"[\"'/]{re.escape(name)}[\"'/]", code), name


def test_bundles_load_nothing():
    for bundle in ASSETS.rglob("*.js"):
        code = bundle.read_text("utf-8")
        calls = r"\b(fetch|importScripts|XMLHttpRequest|WebSocket|eval)\b ?\("
        assert not re.search(calls, code), bundle.name
