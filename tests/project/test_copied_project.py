"""A project folder that was copied or moved, with all that dbt has kept in it."""

import shutil

import duckdb
import pytest
from support.tiny_folder import TinyFolder

pytestmark = pytest.mark.slow

NAME = "travelled"
SEED = ("--select", "allocation_rules")


def names(project):
    """Return the names of allocation rules, as the warehouse has them."""
    with duckdb.connect(project.warehouse(NAME), read_only=True) as connection:
        rows = connection.sql("select allocation_rule from seeds.allocation_rules")
        return {name for (name,) in rows.fetchall()}


def rename_a_rule(project, earlier, later):
    path = project.root / "seeds" / "allocation_rules.csv"
    text = path.read_text("utf-8")
    assert earlier in text
    path.write_text(text.replace(earlier, later), "utf-8")


def test_a_copied_or_moved_project_reads_its_own_seeds(small_project, tmp_path):
    small_project.ingest(TinyFolder(tmp_path / "tidy").write(), NAME).must_pass()
    # a project of its own: the seeds of the others stay as they are
    folder = type(small_project)
    original = folder(tmp_path / "original", ())
    shutil.copytree(small_project.root, original.root, symlinks=True)
    shutil.rmtree(original.root / "target", ignore_errors=True)
    original.dbt("seed", NAME, *SEED).must_pass()
    shipped = names(original)
    assert (original.root / "target" / "partial_parse.msgpack").is_file()

    copy = folder(tmp_path / "copy", ())
    shutil.copytree(original.root, copy.root, symlinks=True)
    some = min(shipped)
    rename_a_rule(original, some, "changed in the original")
    copy.dbt("seed", NAME, *SEED).must_pass()
    assert names(copy) == shipped

    moved = folder(tmp_path / "moved", ())
    original.root.rename(moved.root)
    moved.dbt("seed", NAME, *SEED).must_pass()
    assert names(moved) == shipped - {some} | {"changed in the original"}
