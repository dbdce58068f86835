"""An ingest that is killed, stopped or out of space leaves what was there."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.disks import small_disk
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder, contents

from carbonshed.dataset import parquet_writer
from carbonshed.dataset.store import open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import TEMP_VARIABLE
from carbonshed.readers.tidy import ingest_tidy

REGIONS, SECTORS = 90, 12
# what is started in the background ignores SIGINT, and so do its children
COMMAND = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from carbonshed.cli import app; app()",
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Work in a project of its own, which has a dataset `kept`."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    ingest_tidy(TinyFolder(tmp_path / "tidy").write(), "kept")
    return tmp_path


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Return a folder with 1,166,400 transactions, which are not in order."""
    folder = TinyFolder(tmp_path_factory.mktemp("large") / "tidy", "parquet")
    optional = ("exports", "imports", "value_added", "output", "direct_emissions")
    for table in optional:
        del folder.tables[table]
    for rows in folder.tables.values():
        rows.clear()
    for region in range(REGIONS):
        folder.add(
            "regions", f"r{region}", f"R{region}", None, "city", None, None, None
        )
        folder.add("region_years", 2012, f"r{region}", 5, None)
    for sector in range(SECTORS):
        folder.add("sectors", f"s{sector}", f"S{sector}", "energy", None)
    folder.add("final_demand_categories", "hh", "Households", "household")
    folder.add("stressors", "co2", "Carbon dioxide", "t")
    folder.add("final_demand", 2012, "r0", "s0", "r0", "hh", 1.0)
    folder.add("emissions", 2012, "co2", "r0", "s0", 1.0)
    folder.write()
    write_transactions(folder.path / "transactions.parquet")
    return folder.path


def write_transactions(path):
    """Write all cells, in random order, ids as dictionaries."""
    size = REGIONS * SECTORS
    cells = np.random.default_rng(5).permutation(size * size)
    origin, destination = np.divmod(cells, size)

    def ids(index, prefix, count):
        words = pa.array([f"{prefix}{k}" for k in range(count)])
        return pa.DictionaryArray.from_arrays(index.astype(np.int32), words)

    columns = {
        "year": np.full(size * size, 2012),
        "origin_region_id": ids(origin // SECTORS, "r", REGIONS),
        "origin_sector_id": ids(origin % SECTORS, "s", SECTORS),
        "destination_region_id": ids(destination // SECTORS, "r", REGIONS),
        "destination_sector_id": ids(destination % SECTORS, "s", SECTORS),
        "value": cells.astype(float),
    }
    pq.write_table(pa.table(columns), path)


def left_behind():
    return sorted(path.name for path in Path("data").iterdir() if path.name != "kept")


def interrupt(folder, number):
    """Start an ingest, send it a signal in the middle and return its end."""
    process = subprocess.Popen(
        [*COMMAND, "ingest", "tidy", str(folder), "--name", "kept"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while not list(Path("data").glob(".kept.partial-*/encoded.parquet")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.001)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output + errors


def test_a_killed_ingest_leaves_the_earlier_dataset(project, large):
    before = contents(project / "data" / "kept")
    code, _ = interrupt(large, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert contents(project / "data" / "kept") == before
    assert left_behind(), "a killed process cannot clean up"
    # the next look removes what it left
    assert open_dataset("kept").rows["transactions"] == 4
    assert not [name for name in left_behind() if "partial" in name]
    dataset = ingest_tidy(large, "kept")
    assert dataset.rows["transactions"] == (REGIONS * SECTORS) ** 2
    assert left_behind() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopped_ingest_cleans_up(project, large, number):
    before = contents(project / "data")
    code, text = interrupt(large, number)
    assert code not in (0, -number)
    assert "Traceback" not in text
    assert contents(project / "data") == before
    assert left_behind() == []


def test_a_signal_ends_the_work_of_duckdb():
    """A query of many minutes gives way at once."""

    def handler(number, frame):
        raise SystemExit(143)

    earlier = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    product = "select a.range * b.range from range(1000000) a, range(99999) b"
    statement = f"create table sums as select sum(columns(*)) from ({product})"
    start = time.monotonic()
    try:
        with pytest.raises(SystemExit), duckdb.connect() as connection:
            parquet_writer.execute_interruptibly(connection, statement, [])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)
    assert time.monotonic() - start < 10


def test_a_duplicate_found_while_sorting_ends_the_program(project, large, tmp_path):
    """Both rows of a large file are named, and nothing outlives the refusal."""
    folder = tmp_path / "twice"
    shutil.copytree(large, folder)
    path = folder / "transactions.parquet"
    rows = pq.read_table(path)
    pq.write_table(pa.concat_tables([rows, rows.slice(0, 1)]), path)
    done = subprocess.run(
        [*COMMAND, "ingest", "tidy", str(folder), "--name", "kept"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "transactions.parquet: duplicate cell" in done.stderr
    assert f"data rows 1 and {(REGIONS * SECTORS) ** 2 + 1}" in done.stderr
    assert left_behind() == []


def need_the_disk(monkeypatch):
    """Give DuckDB so little memory that sorting a small table needs the disk."""
    monkeypatch.setattr(parquet_writer, "_MEMORY_LIMIT", "20MB")
    monkeypatch.setattr(parquet_writer, "_MAX_THREADS", 1)
    monkeypatch.setattr(parquet_writer, "_ROWS_PER_GROUP", 1 << 14)


def test_no_space_for_temporary_files(project, large, monkeypatch):
    before = contents(project / "data")
    need_the_disk(monkeypatch)
    with small_disk(project / "small", "1m") as disk:
        monkeypatch.setenv(TEMP_VARIABLE, str(disk))
        message = refusal_of(ingest_tidy, large, "kept")
        assert list(disk.iterdir()) == []
    assert message.startswith("transactions.parquet: no space left on the disk of")
    assert str(disk) in message
    assert TEMP_VARIABLE in message
    assert contents(project / "data") == before
    assert left_behind() == []


def test_no_space_for_the_dataset(project, large, monkeypatch):
    with small_disk(project / "small", "1m") as disk:
        (disk / "dbt_project.yml").touch()
        with monkeypatch.context() as patch:  # a disk in use is not unmounted
            patch.chdir(disk)
            ingest_tidy(project / "tidy", "kept")
            before = contents(disk / "data")
            with pytest.raises(
                CarbonshedError, match=r"transactions\S+: no space left"
            ):
                ingest_tidy(large, "kept")
            assert contents(disk / "data") == before
            assert left_behind() == []


def test_sorting_with_little_memory_uses_the_disk(project, large, monkeypatch):
    need_the_disk(monkeypatch)
    dataset = ingest_tidy(large, "kept")
    rows = pq.read_table(dataset.table("transactions"))
    size = REGIONS * SECTORS
    cells = rows["origin_id"].to_numpy() * size + rows["destination_id"].to_numpy()
    assert (cells == np.arange(size * size)).all()
    assert (rows["value"].to_numpy() == cells).all()


def test_a_temporary_folder_that_is_not_there_is_named(project, monkeypatch):
    before = contents(project / "data")
    monkeypatch.setenv(TEMP_VARIABLE, str(project / "nowhere"))
    with pytest.raises(CarbonshedError, match=TEMP_VARIABLE):
        ingest_tidy(project / "tidy", "kept")
    assert contents(project / "data") == before
    assert left_behind() == []


def test_a_data_folder_that_cannot_be_written_is_named(project, monkeypatch):
    elsewhere = project / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "dbt_project.yml").touch()
    (elsewhere / "data").write_text("a file, not a folder")
    monkeypatch.chdir(elsewhere)
    with pytest.raises(CarbonshedError, match="cannot write datasets here"):
        ingest_tidy(project / "tidy", "kept")


# what Arrow reads from Python is slow from the third block on, and to be let go of
SLOW_FILES = """
import threading
import time
import pyarrow
import carbonshed.readers.rows.sources as sources

class Slow:
    def __init__(self, file):
        self.file, self.blocks = file, 0
    def __getattr__(self, name):
        return getattr(self.file, name)
    def read(self, *size):
        self.blocks += 1
        time.sleep(0.3 if self.blocks > 2 else 0)
        return self.file.read(*size)
    def __del__(self):
        time.sleep(0 if threading.current_thread() is threading.main_thread() else 2)

python_file = pyarrow.PythonFile
pyarrow.PythonFile = lambda file, mode=None: python_file(Slow(file), mode)
sources._CSV_BLOCK = 1 << 13
"""


def test_a_refusal_ends_in_order_while_arrow_still_reads(project, tmp_path):
    """A thread of Arrow may outlive the interpreter: it must hold nothing of Python."""
    folder = TinyFolder(tmp_path / "spoilt").write()
    cells = folder / "transactions.csv"
    header, first, *_ = cells.read_text("utf-8").splitlines()
    spoilt = first.rpartition(",")[0] + ",oops"
    cells.write_text("\n".join([header, spoilt, *[first] * 20_000]), "utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SLOW_FILES)
    paths = os.pathsep.join([str(tmp_path / "site"), *sys.path])
    done = subprocess.run(
        [*COMMAND, "ingest", "tidy", str(folder), "--name", "mine"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "transactions.csv: data row 1: `value` is 'oops'" in done.stderr
