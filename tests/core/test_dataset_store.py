"""Datasets on disk: whole or not at all, one writer, healed after a kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from support.refusals import refusal_of, refused
from support.tiny_folder import contents
from typer.testing import CliRunner

from carbonshed import versions
from carbonshed.checksums import sha256_of
from carbonshed.cli import _commands
from carbonshed.dataset.contract import DERIVED_TABLES, STORED_TABLES
from carbonshed.dataset.lock import sole_use
from carbonshed.dataset.store import (
    DatasetWriter,
    label_table,
    list_datasets,
    open_dataset,
    recover_interrupted,
    refuse_damaged,
    refused_datasets,
    stored_schema,
)
from carbonshed.errors import CarbonshedError
from carbonshed.files import FileLock, LockHeldError
from carbonshed.scenarios.allowed_ids import load_vocabulary

pytestmark = pytest.mark.usefixtures("empty_project")

MRIO = {"currency": "EUR", "currency_unit": 1, "price_basis": "x", "country": "FIN"}


def fill(writer):
    """Write every table that a reader must write, all of them empty."""
    for table in STORED_TABLES:
        if table not in DERIVED_TABLES:
            writer.write(table, stored_schema(table).empty_table())


def make(name, title="A table"):
    with DatasetWriter(name) as writer:
        fill(writer)
        return writer.commit({"title": title, "mrio": MRIO}, format="tidy")


def fail_half_way(name):
    with DatasetWriter(name) as writer:
        fill(writer)
        raise ZeroDivisionError


def entries():
    folder = Path("data")
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_what_is_committed_can_be_opened():
    made = make("one")
    opened = open_dataset("one")
    assert opened == made
    assert opened.title == "A table"
    assert opened.rows["dataset"] == 1
    assert len(opened.dataset_id) == 32
    assert entries() == ["one"]
    assert all(opened.table(table).is_file() for table in STORED_TABLES)


def test_a_source_of_two_tables_is_named_once():
    sources = [{"title": title} for title in ("A census", "A budget", "A census")]
    with DatasetWriter("one") as writer:
        fill(writer)
        made = writer.commit({"sources": sources, "mrio": MRIO}, format="tidy")
    assert pq.read_table(made.table("dataset")).column("source").to_pylist() == [
        "A census; A budget"
    ]


def test_what_is_not_committed_leaves_no_trace():
    with DatasetWriter("one") as writer:
        fill(writer)
        assert writer.partial.is_dir()
    assert entries() == []
    assert not Path("data").exists()


def test_an_error_leaves_the_earlier_dataset():
    make("one")
    before = contents(Path("data"))
    with pytest.raises(ZeroDivisionError):
        fail_half_way("one")
    assert contents(Path("data")) == before
    assert entries() == ["one"]


def test_region_sectors_are_numbered_region_by_region():
    regions = [{"region_id": r, "region_name": r, "region_type": "city"} for r in "ba"]
    sectors = [
        {"sector_id": s, "sector_name": s, "sector_group": "energy"} for s in "210"
    ]
    with DatasetWriter("one") as writer:
        fill(writer)
        writer.write("regions", label_table("regions", regions))
        writer.write("sectors", label_table("sectors", sectors))
        dataset = writer.commit({"mrio": MRIO}, format="tidy")
    rows = pq.read_table(dataset.table("region_sectors")).to_pylist()
    pairs = [row["region_id"] + row["sector_id"] for row in rows]
    assert pairs == ["b2", "b1", "b0", "a2", "a1", "a0"]
    assert [row["region_sector_id"] for row in rows] == list(range(6))


@pytest.mark.parametrize(
    ("columns", "fragment"),
    [
        ({"year": [2012], "region_sector_id": [0]}, "columns are"),
        ({"year": [2012], "region_sector_id": [None], "value": [1.0]}, "holds NULL"),
        ({"year": [2012], "region_sector_id": [2**40], "value": [1.0]}, "not in range"),
        ({"year": [2012], "region_sector_id": ["x"], "value": [1.0]}, "x"),
    ],
)
def test_a_table_that_breaks_the_schema_is_not_written(columns, fragment):
    with DatasetWriter("one") as writer, pytest.raises(ValueError, match=fragment):
        writer.write("exports", pa.table(columns))


def test_a_label_that_no_page_can_show_is_not_written():
    """Whoever makes the dataset: also an aggregation or a compilation."""
    label = {"stressor_id": "co2", "stressor_name": "CO\x082", "unit": "t"}
    rows = pa.Table.from_pylist([label], stored_schema("stressors"))
    message = r"stressors: `stressor_name` is 'CO\\x082'"
    with DatasetWriter("mine") as writer, refused(message):
        writer.write("stressors", rows)


def test_a_forgotten_or_unknown_table_is_named():
    with DatasetWriter("one") as writer:
        fill(writer)
        writer.path("emissions").unlink()
        with pytest.raises(ValueError, match="emissions"):
            writer.commit({"mrio": MRIO}, format="tidy")
        with pytest.raises(ValueError, match="not a stored table"):
            writer.path("emission")


def test_one_writer_at_a_time():
    Path("data").mkdir()
    another = FileLock(Path("data/.one.lock"))
    another.acquire()
    holder = rf"'one' is in use by process {os.getpid()}, since 20\d\d-.* UTC: wait"
    with refused(holder), DatasetWriter("one"):
        pass
    another.release()
    with DatasetWriter("one"), DatasetWriter("two"):
        assert len(list(Path("data").glob(".*.partial-*"))) == 2
    make("one")


def test_a_label_from_any_reader_has_a_bound():
    schema = stored_schema("stressors")
    row = dict.fromkeys(schema.names, "t") | {"stressor_name": "a" * 10_001}
    with (
        DatasetWriter("one") as writer,
        refused("`stressor_name` is 'a{80}'; expected at most 10,000 letters"),
    ):
        writer.write("stressors", pa.Table.from_pylist([row], schema))


def test_a_lock_is_given_back_and_leaves_no_file():
    path = Path("lock")
    first, second = FileLock(path), FileLock(path)
    first.acquire()
    with pytest.raises(LockHeldError):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
    assert not path.exists()


HOLDS = """
import sys
from carbonshed.dataset.lock import sole_use
with sole_use("one"), sole_use("one"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_lock_ends_with_its_process_killed_or_not(empty_project):
    program = [sys.executable, "-c", HOLDS]
    pipe = subprocess.PIPE
    lock = empty_project / "data/.one.lock"
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "held\n"
        holder = rf"'one' is in use by process {process.pid}, since "
        with refused(holder), sole_use("one"):
            pass
        process.communicate("\n")
    assert process.returncode == 0
    assert not lock.exists()

    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True) as process:
        process.stdout.readline()
        process.kill()
    assert lock.exists()
    make("one")
    assert not lock.exists()


def test_a_dataset_in_use_is_looked_at_but_not_undone(empty_project):
    make("one")
    (empty_project / "data/.one.previous").mkdir()
    another = FileLock(empty_project / "data/.one.lock")
    another.acquire()
    assert open_dataset("one").name == "one"
    assert (empty_project / "data/.one.previous").exists()
    another.release()
    with sole_use("one"):  # as a build has it
        half = empty_project / f"data/.one.partial-{os.getpid()}"
        half.mkdir()
        assert open_dataset("one").name == "one"
        assert half.exists()
    assert not (empty_project / "data/.one.previous").exists()


def test_opening_what_is_not_there_names_what_is():
    with refused(r"no dataset 'one' .* there is none yet"):
        open_dataset("one")
    make("two")
    with refused("datasets here: two"):
        open_dataset("one")


@pytest.mark.parametrize("lost", ["emissions.parquet", "datapackage.json"])
def test_a_damaged_dataset_is_not_opened(lost):
    dataset = make("one")
    make("two")
    (dataset.path / lost).unlink()
    with refused("not a complete dataset"):
        open_dataset("one")
    assert [found.name for found in list_datasets()] == ["two"]
    assert list(refused_datasets()) == ["one"] * (lost != "datapackage.json")


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more"])
def test_a_file_that_was_cut_off_is_named_with_what_to_do(content):
    dataset = make("one")
    refuse_damaged(dataset)
    dataset.table("emissions").write_bytes(content)
    refusal = refusal_of(refuse_damaged, open_dataset("one"))
    for words in (
        "data/one/emissions.parquet is damaged",
        "`carbonshed ingest tidy SOURCE --name one`",
        "carbonshed check dataset one",
    ):
        assert words in refusal


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["carbonshed"].update(rows={}),
        lambda content: content["carbonshed"].update(years=3),
        lambda content: content["carbonshed"].update(ingested_at=5),
        lambda content: content.update(title=["x"]),
        lambda content: content.update(mrio=3),
    ],
)
def test_a_damaged_descriptor_hides_no_other_dataset(spoil):
    path = make("one").path / "datapackage.json"
    make("two")
    content = json.loads(path.read_text("utf-8"))
    spoil(content)
    path.write_text(json.dumps(content), "utf-8")
    shown = CliRunner().invoke(_commands, ["list"])
    assert shown.exit_code == 0, shown.exception
    assert "two" in shown.stdout
    assert "one" not in shown.stdout
    assert "data/one: not a complete dataset; ingest it again" in shown.stderr


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (None, "stored by an earlier version"),
        (0, "stored by an earlier version"),
        (99, "stored by a newer version of Carbonshed (layout 99;"),
        ("x", "stored by a newer version"),
    ],
)
def test_a_dataset_of_another_layout_is_refused_by_name(number, said):
    path = make("one").path / "datapackage.json"
    content = json.loads(path.read_text())
    assert content["carbonshed"].pop("layout") == versions.DATASET
    if number is not None:
        content["carbonshed"]["layout"] = number
    path.write_text(json.dumps(content))
    # another version may have other tables
    (path.parent / "output.parquet").unlink()
    refusal = refusal_of(open_dataset, "one")
    for words in ("data/one was", said, "`carbonshed ingest tidy SOURCE --name one`"):
        assert words in refusal
    assert not list_datasets()
    assert refused_datasets() == {"one": refusal}
    assert make("one") == open_dataset("one"), "an ingest replaces it"


# kills itself with SIGKILL at the given rename of a commit
SUICIDE = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from carbonshed.files import Disk
from core.test_dataset_store import make
rename, renames = Disk.rename, 0
def deadly(self, path, target):
    global renames
    renames += 1
    if renames == {number}:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, path, target)
Disk.rename = deadly
make("one", "the second")
"""


@pytest.fixture(scope="module", params=[1, 2])
def killed(request, tmp_path_factory):
    """Kill a second commit at a rename; return the project and the first dataset."""
    root = tmp_path_factory.mktemp("killed")
    (root / "dbt_project.yml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        first = make("one", "the first")
        before = contents(first.path)
        tests = str(Path(__file__).parents[1])
        code = SUICIDE.format(number=request.param, tests=tests)
        done = subprocess.run([sys.executable, "-c", code], check=False)
        assert done.returncode == -signal.SIGKILL
        assert len(entries()) > 1, "the kill left something to heal"
    return root, first, before


@pytest.mark.parametrize("look", ["open", "list", "recover", "write"])
def test_a_kill_within_commit_leaves_the_earlier_dataset(killed, empty_project, look):
    root, first, before = killed
    shutil.copytree(root, empty_project, dirs_exist_ok=True)
    path = empty_project / "data" / "one"
    if look == "open":
        assert open_dataset("one").descriptor == first.descriptor
    elif look == "list":
        assert [found.descriptor for found in list_datasets()] == [first.descriptor]
    elif look == "recover":
        recover_interrupted("one")
    else:
        with DatasetWriter("one"):
            assert contents(path) == before
    assert contents(path) == before
    assert [name for name in entries() if not name.endswith(".lock")] == ["one"]


def test_a_kill_after_the_last_rename_keeps_the_new_dataset():
    make("one", "the first")
    Path("data/one").rename("data/.one.previous")
    second = make("two", "the second")
    second.path.rename("data/one")
    assert open_dataset("one").title == "the second"
    assert entries() == ["one"]


def test_a_link_to_a_dataset_elsewhere_is_replaced():
    made = make("one", "the first")
    made.path.rename("elsewhere")
    made.path.symlink_to(Path("elsewhere").absolute())
    assert make("one", "the second").title == "the second"
    assert entries() == ["one"]
    assert not made.path.is_symlink()
    assert Path("elsewhere", "datapackage.json").is_file()


def test_a_living_writer_is_left_alone():
    make("one")
    with DatasetWriter("one") as writer:
        recover_interrupted("one")
        assert open_dataset("one").name == "one"
        assert writer.partial.is_dir()


def test_another_table_under_the_name_of_one_is_named():
    dataset = make("one")
    sectors, stressors = dataset.table("sectors"), dataset.table("stressors")
    stressors.write_bytes(sectors.read_bytes())
    for read in (lambda: refuse_damaged(dataset), lambda: dataset.read("stressors")):
        said = refusal_of(read)
        assert "stressors.parquet is " in said
        assert "no column stressor_id: it is another table" in said
        assert "carbonshed check dataset one" in said


def test_a_changed_number_is_found_before_a_build():
    """Which the end of the file does not show: another value is as good a value."""
    dataset = make("one")
    path = dataset.table("transactions")
    rows = pq.read_table(path)
    place = rows.schema.get_field_index("value")
    doubled = pc.multiply(rows["value"], 2.0)
    pq.write_table(rows.set_column(place, rows.schema.field(place), doubled), path)
    said = refusal_of(refuse_damaged, open_dataset("one"))
    assert "data/one/transactions.parquet: is not what was written" in said
    assert "`carbonshed ingest tidy SOURCE --name one`" in said


def test_scenarios_that_are_kept_outlive_an_ingest():
    make("one")
    kept = Path("data/one/scenarios.csv")
    kept.write_text("of a user")
    make("one", "Another table")
    assert kept.read_text() == "of a user"


@pytest.mark.parametrize("content", [b"", b"PAR1 and half of it", None])
def test_a_damaged_table_is_named_with_what_to_do(content):
    """Commands that read labels of a dataset say so, without a traceback."""
    dataset = make("small")
    path = dataset.table("regions")
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    readers = [lambda: dataset.read("regions")]
    if content is not None:  # else the dataset is not opened at all
        readers.append(lambda: load_vocabulary("small"))
    for read in readers:
        said = refusal_of(read)
        assert "regions.parquet is missing or damaged" in said
        assert "`carbonshed check dataset small`" in said
        assert "\n" not in said


def test_a_dataset_stored_before_a_table_was_added_has_it_empty():
    stored = make("one")
    path = stored.table("deflators")
    path.unlink()
    listed = stored.path / "SHA256SUMS"
    lines = listed.read_text("utf-8").splitlines(keepends=True)
    listed.write_text("".join(x for x in lines if path.name not in x), "utf-8")
    descriptor = json.loads((stored.path / "datapackage.json").read_text("utf-8"))
    del descriptor["carbonshed"]["rows"]["deflators"]
    (stored.path / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")

    opened = open_dataset("one")
    assert (opened.rows["deflators"], opened.read("deflators").num_rows) == (0, 0)
    assert sha256_of(path) in listed.read_text("utf-8")
    (stored.path / "emissions.parquet").unlink()
    with pytest.raises(CarbonshedError, match="not a complete dataset"):
        open_dataset("one")


def test_a_table_that_is_lost_is_not_taken_for_one_that_was_added():
    stored = make("one")
    stored.table("deflators").unlink()
    with pytest.raises(CarbonshedError, match="deflators"):
        refuse_damaged(open_dataset("one"))
