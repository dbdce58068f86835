"""What is refused before a build, whatever the dataset: the folder it runs in."""

import re
from pathlib import Path

import pytest
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder

from carbonshed import __version__
from carbonshed.dbt_plugin.preflight import (
    preflight,
    refuse_other_version,
    refuse_parsed_elsewhere,
)
from carbonshed.errors import CarbonshedError

SETTINGS = Path(__file__).resolve().parents[2] / "dbt_project.yml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project folder, the current one."""
    folder = tmp_path / "O'Brien" / "project"
    folder.mkdir(parents=True)
    (folder / "dbt_project.yml").touch()
    monkeypatch.chdir(folder)
    return folder


def test_seeds_of_another_folder_are_refused(project, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(project)
    package, other = tmp_path / "packages" / "carbonshed", tmp_path / "original"
    package.mkdir(parents=True)
    refuse_parsed_elsewhere({})
    refuse_parsed_elsewhere({str(project): True, str(package): False})
    refuse_parsed_elsewhere({str(link): True})
    for has_project in (True, False):  # moved away
        with pytest.raises(CarbonshedError, match=r"target/partial_parse\.msgpack"):
            refuse_parsed_elsewhere({str(other): has_project})
    other.mkdir()  # it was copied
    refusal = refusal_of(
        refuse_parsed_elsewhere, {str(package): False, str(other): True}
    )
    assert str(other) in refusal
    assert "Remove target/partial_parse.msgpack" in refusal


def test_a_folder_that_dbt_cannot_load_seeds_from_is_refused(project):
    refusal = refusal_of(preflight, "tiny", {})
    assert str(project) in refusal
    assert "rename it, or move the project" in refusal


def test_a_region_called_other_is_refused_where_small_rows_are_summed_into_it(
    small_project, tmp_path
):
    folder = TinyFolder(tmp_path / "tiny")
    for row in (row for rows in folder.tables.values() for row in rows):
        row.update({name: "OTHER" for name in row if row[name] == "north"})
    small_project.ingest(folder.write(), "taken").must_pass()
    words = ("run", "taken", "--select", "stg_regions")
    small_project.dbt(*words).must_pass()
    small_project.dbt(*words, smallest_share=0).must_pass()
    small_project.dbt(*words, smallest_share=0.001).must_refuse(
        "dataset taken has a region 'OTHER'",
        "the var smallest_share is 0.001: give the region another id",
        "build it without the var",
    )


def test_a_dbt_package_of_another_version_is_refused():
    (version,) = re.findall(r'^version: .*"(.+)"$', SETTINGS.read_text("utf-8"), re.M)
    refuse_other_version(version)
    for other in ("0.0.1", None):  # an early one does not say
        reason = refusal_of(refuse_other_version, other)
        assert f"is of version {other or 'unknown'}, the Python package of" in reason
        assert "carbonshed init ." in reason
        assert f"revision: v{__version__}" in reason
