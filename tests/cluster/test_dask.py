"""Years solved on two worker processes: as by one machine, or refused in words."""

import asyncio
import json
import os
import pickle
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from multiprocessing import resource_tracker, spawn
from pathlib import Path
from types import SimpleNamespace

import dask
import distributed
import duckdb
import fsspec
import numpy as np
import psutil
import pyarrow.parquet as pq
import pytest
import support.economies
from support.economies import SIZE, Economy, relations_of
from support.tiny_folder import TinyFolder

from carbonshed.audit import audit_dataset, tables
from carbonshed.cli.datasets import audit
from carbonshed.dataset.contract import SALES_FILE
from carbonshed.errors import CarbonshedError
from carbonshed.leontief import ResidualError, UnproductiveSystemError
from carbonshed.progress import TimedProgress
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.solve.cluster import dask_solver, squares
from carbonshed.solve.cluster import workers as cluster
from carbonshed.solve.cluster.remote_year import RemoteYear, remote_year
from carbonshed.solve.cluster.squares import plan_squares, require_disk
from carbonshed.solve.cluster.workers import WORKER_OVERHEAD_BYTES, Worker
from carbonshed.solve.memory_plan import Solver
from carbonshed.solve.solutions import SolveStore
from carbonshed.solve.solves import solve_years
from carbonshed.solve.stored_matrix import blocks_of_regions
from carbonshed.solve.year_system import Settings, YearSystem

# one cluster for all of them
pytestmark = pytest.mark.xdist_group("dask")

GB = 10**9


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Return the address of a scheduler with two worker processes."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit="1GB",
        silence_logs="CRITICAL",
    ) as processes:
        yield processes.scheduler_address
    left = psutil.Process().children(recursive=True)
    running = [process for process in left if process.pid not in before]
    _, alive = psutil.wait_procs(running, timeout=5)
    # multiprocessing's own tracker ends with this process
    assert not [
        process for process in alive if "tracker" not in " ".join(process.cmdline())
    ]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no further workers."""
    monkeypatch.setattr(cluster, "SETTLED", 0)


@pytest.fixture
def in_squares(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return what lets no year fit on a worker, and sets the side of squares."""

    def cut(side: int) -> None:
        monkeypatch.setattr(dask_solver, "MEMORY_SHARE", 0)
        real = squares.plan_squares

        def plan(
            producers: np.ndarray, demands: int, **also: int
        ) -> squares.ClusterPlan:
            planned = real(producers, demands, **also)
            rows = blocks_of_regions(producers, side)
            return replace(planned, grid=squares.Grid(rows, demands, 3))

        monkeypatch.setattr(dask_solver, "plan_squares", plan)

    return cut


@pytest.fixture
def bucket(scheduler: str, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a folder that stands for object storage, and is not there."""

    def make_folders(do: bool) -> None:  # as objects need none
        fsspec.config.conf["file"] = {"auto_mkdir": do}

    with distributed.Client(scheduler, set_as_default=False) as client:
        for do in (True, False):
            make_folders(do)
            client.run(make_folders, do)
            if do:
                yield f"local://{tmp_path}/bucket"


@pytest.fixture
def three_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let economies have three regions of two sectors."""
    monkeypatch.setattr(support.economies, "REGIONS", ["a", "b", "c"])
    monkeypatch.setattr(support.economies, "SECTORS", 2)


def solve(
    economies: dict[int, Economy],
    folder: Path,
    solver: Solver,
    name: str,
    *,
    with_analyses: bool = True,
) -> list[dict]:
    relations = relations_of(economies, folder=folder / "data")
    settings = Settings(
        solver=solver, with_analyses=with_analyses, by_origin=True, with_exports=True
    )
    return solve_years(relations, settings, folder / "solved" / name).to_pylist()


def assert_same(folder: Path, tolerance: float) -> None:
    """Hold every solved table against that of one factorisation."""
    direct, ours = (folder / "solved" / name for name in ("direct", "dask"))
    tables = {path.stem for path in direct.glob("*/*.parquet")}
    assert {
        "embodied_output",
        "import_multipliers",
        "tier_intensities",
        "intensities_by_origin",
        "mixed_intensities",
        "covered_intensities",
        "exported_output",
        "deliveries_once",
    } <= tables
    for name in tables:
        one, other = (
            # as the views do: all files together; numbers that are equal but for
            # rounding stand in the order of their keys
            duckdb.sql(
                f"from '{store}/*/{name}*.parquet' order by all"
            ).to_arrow_table()
            for store in (ours, direct)
        )
        assert one.schema == other.schema
        for column in one.column_names:
            values, expected = one[column].to_numpy(), other[column].to_numpy()
            if expected.dtype == np.float64:
                close = {"rtol": tolerance, "atol": tolerance}
                np.testing.assert_allclose(values, expected, **close)
            else:
                np.testing.assert_array_equal(values, expected)


def with_coefficients(A: np.ndarray) -> Economy:
    """Return an economy that has these coefficients and sells everything."""
    economy = Economy(1)
    economy.output = np.full(SIZE, 10.0)
    economy.transactions = A * economy.output
    economy.exports = np.full(SIZE, 20.0)
    sold = economy.transactions.sum(axis=1) + economy.exports
    economy.final_demand[:] = (economy.output - sold)[:, None] / 4
    return economy


def pivoted() -> np.ndarray:
    """Return A of radius below 1, whose I - A takes its rows 2, 3 and 1 as pivots.

    And its row 6 before row 5.
    """
    A = np.full((SIZE, SIZE), 0.02)
    A[0, 0] = A[4, 4] = 0.7
    A[1, 0] = A[5, 4] = 0.5
    A[2, 1] = 0.6
    return A


def test_squares_solve_what_one_factorisation_does(
    three_regions, scheduler, in_squares, tmp_path, capsys
):
    """Two regions in the first square, and one in the second, which is filled up."""
    economies = {2012: Economy(1), 2015: with_coefficients(pivoted())}
    in_squares(5)
    rows = solve(economies, tmp_path, Solver("dask", None, scheduler), "dask")
    assert [row["method"] for row in rows] == ["dask", "dask"]
    assert "2 x 2 squares of 4 rows" in capsys.readouterr().err
    solve(economies, tmp_path, Solver("direct"), "direct")
    assert_same(tmp_path, 1e-12)
    assert sorted(path.name for path in (tmp_path / "solved").iterdir()) == [
        "dask",
        "direct",
    ]
    again = solve(economies, tmp_path, Solver("dask", None, scheduler), "dask")
    assert again == rows
    assert capsys.readouterr().err.count("unchanged") == 2


@pytest.mark.parametrize("is_cut", [True, False])
def test_workers_share_object_storage(
    is_cut, bucket, scheduler, in_squares, tmp_path, capsys
):
    """They read copies of the dataset's files, and what they write is brought here."""
    if is_cut:
        in_squares(3)
    economies = {2012: Economy(1), 2015: Economy(2)}
    left = tmp_path / "bucket/dask/solved/of-a-killed-run"
    left.mkdir(parents=True)
    shared = Solver("dask", None, scheduler, bucket)
    solve(economies, tmp_path, shared, "dask")
    copied = capsys.readouterr().err.count("copying")
    solve(economies, tmp_path, Solver("direct"), "direct")
    assert_same(tmp_path, 1e-12)
    copies = sorted(path for path in tmp_path.glob("bucket/**/*") if path.is_file())
    assert len(copies) == copied > 0
    assert not list(tmp_path.glob("bucket/dask/solved/*"))
    # another state of the data takes the place of the one before
    solve({2012: Economy(3), 2015: Economy(2)}, tmp_path, shared, "dask")
    files = [path for path in tmp_path.glob("bucket/**/*") if path.is_file()]
    assert len(files) == copied
    assert not set(files) & set(copies)


def test_object_storage_that_is_not_there_is_refused(scheduler, tmp_path):
    for url, reason in (("nowhere://a/b", "Protocol not known"), ("s3://a/b", "s3fs")):
        shared = Solver("dask", None, scheduler, url)
        with pytest.raises(CarbonshedError, match=rf"{url}.*: .*{reason}"):
            solve({2012: Economy(1)}, tmp_path, shared, "dask")
    assert not list(tmp_path.glob("solved/dask/*"))


def test_a_year_that_fits_is_one_task(scheduler, tmp_path):
    economies = {2012: Economy(1), 2015: Economy(2)}
    rows = solve(economies, tmp_path, Solver("dask", None, scheduler), "dask")
    assert [row["method"] for row in rows] == ["direct", "direct"]
    solve(economies, tmp_path, Solver("direct"), "direct")
    assert_same(tmp_path, 1e-14)


def unpivoted(gap: float) -> np.ndarray:
    """Return A of radius below 1 whose first two regions are singular by themselves.

    The first row of each region has radius 1/2 and det(I - A) = 1/2, with a gap of 0.
    """
    A = np.zeros((SIZE, SIZE))
    A[::2, ::2] = [[0.5, 0.5 - gap, 0.5], [0.5, 0.5, 0.5], [-0.5, -0.5, -0.5]]
    A[1::2, 1::2] = 0.1
    A[0, 3] = A[5, 2] = 0.2
    return A


def test_a_square_that_is_singular_by_itself_is_refused_by_its_regions(
    three_regions, scheduler, in_squares, tmp_path, capsys
):
    economies = {2012: with_coefficients(unpivoted(0.0))}
    solve(economies, tmp_path, Solver("direct"), "direct")
    # the first two regions without the third have no answer, whether rounds end by
    # rounding or not
    assert "WARNING: no three scopes of c: too much" in capsys.readouterr().err
    in_squares(4)
    with pytest.raises(CarbonshedError, match=r"rows 1 to 4 \(regions a to b\)"):
        solve(economies, tmp_path, Solver("dask", None, scheduler), "dask")
    assert [path.name for path in (tmp_path / "solved").iterdir()] == ["direct"]


def test_digits_lost_for_want_of_pivots_are_refused(
    three_regions, scheduler, in_squares, tmp_path, capsys
):
    in_squares(4)
    economies = {2012: with_coefficients(unpivoted(1e-13))}
    with pytest.raises(ResidualError, match="worst demands"):
        solve(economies, tmp_path, Solver("dask", None, scheduler), "dask")
    assert "may lose digits" in capsys.readouterr().err
    assert not (tmp_path / "solved" / "dask").exists()


@pytest.mark.parametrize("is_cut", [True, False])
def test_an_unproductive_economy_is_refused(is_cut, scheduler, in_squares, tmp_path):
    economy = Economy(1)
    economy.transactions[0, 0] = economy.output[0] * 1.5
    if is_cut:
        in_squares(3)
    refusal = UnproductiveSystemError if is_cut else CarbonshedError
    with pytest.raises(refusal, match="columns that carry it: 0"):
        solve({2012: economy}, tmp_path, Solver("dask", None, scheduler), "dask")
    assert not (tmp_path / "solved").exists() or not any(
        (tmp_path / "solved").iterdir()
    )


def test_a_square_that_was_sent_is_factorised():
    """Dask reads messages into one buffer, where numbers begin at any byte."""
    strip = squares.Strip(np.array([[0.5, 0.25]]), np.zeros(1))
    grid = squares.Grid([slice(0, 1), slice(1, 2)], 1, 1)
    frames: list[pickle.PickleBuffer] = []
    message = pickle.dumps(
        squares.cut(strip, grid, slice(0, 1))[0],
        protocol=5,
        buffer_callback=frames.append,
    )
    (frame,) = frames
    buffer = bytearray(b"x" + bytes(frame.raw()))
    sent = pickle.loads(message, buffers=[memoryview(buffer)[1:]])
    square = np.asarray(sent)
    assert square.flags.aligned
    np.testing.assert_array_equal(square, [[0.5]])


@pytest.mark.parametrize("step", ["read_strip", "cut", "write_block"])
def test_a_worker_that_is_killed_changes_nothing(
    step, scheduler, in_squares, tmp_path, monkeypatch, capsys
):
    owner = dask_solver if step == "write_block" else squares
    real, marker = getattr(owner, step), tmp_path / "killed"

    # within the test: workers cannot import it, and get its code
    def killed_once(*args: object) -> object:
        try:
            marker.touch(exist_ok=False)
        except FileExistsError:
            return real(*args)
        return os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(owner, step, killed_once)
    monkeypatch.setattr(cluster, "LOOK_EVERY", 0.1)
    in_squares(3)
    economies = {2012: Economy(1)}
    solve(economies, tmp_path, Solver("dask", None, scheduler), "dask")
    assert marker.exists()
    lost = r"a worker was lost \((0|1) left\): its part is computed again"
    assert re.search(lost, capsys.readouterr().err)
    solve(economies, tmp_path, Solver("direct"), "direct")
    assert_same(tmp_path, 1e-12)


def test_a_disk_that_takes_no_more_is_a_refusal(scheduler, in_squares, tmp_path):
    def limit(most: int) -> None:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))

    in_squares(3)
    economies = {2012: Economy(1)}
    with distributed.Client(scheduler, set_as_default=False) as client:
        client.run(limit, 100)
        try:
            with pytest.raises(CarbonshedError, match="tables: cannot be stored"):
                solve(economies, tmp_path, Solver("dask", None, scheduler), "dask")
        finally:
            client.run(limit, -1)
    assert not (tmp_path / "solved" / "dask").exists()


def test_workers_of_another_version_are_refused(scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "code_digest", lambda: "another")
    with pytest.raises(CarbonshedError, match="another version of Carbonshed"):
        solve({2012: Economy(1)}, tmp_path, Solver("dask", None, scheduler), "dask")


def test_a_worker_that_does_not_see_the_data_is_refused(
    scheduler, tmp_path, monkeypatch
):
    def elsewhere(system: YearSystem) -> RemoteYear:
        year = remote_year(system)
        moved = {
            name: file.replace("data", "away") for name, file in year.files.items()
        }
        return replace(year, files=moved)

    monkeypatch.setattr(dask_solver, "remote_year", elsewhere)
    with pytest.raises(CarbonshedError, match=r"does not see .*away.*\.parquet: data"):
        solve({2012: Economy(1)}, tmp_path, Solver("dask", None, scheduler), "dask")


def test_local_processes_give_freed_memory_back(tmp_path, monkeypatch):
    """As Dask's do: its settings stay, beside the cores of ours."""
    environment = {}

    def started(**options: object) -> None:
        environment.update(dask.config.get("distributed.nanny.pre-spawn-environ"))
        raise CarbonshedError("none here")

    monkeypatch.setattr(cluster, "_processes", started)
    with pytest.raises(CarbonshedError, match="none here"):
        solve({2012: Economy(1)}, tmp_path, Solver("dask"), "dask")
    assert {"MALLOC_TRIM_THRESHOLD_", "OMP_NUM_THREADS"} <= set(environment)


def test_who_has_no_certificate_reaches_no_local_process(tmp_path):
    """Another user of the machine would run code in them, and in the solve."""

    def code(dask_worker: distributed.Worker) -> int:
        return os.getpid()

    spill, progress = tmp_path / "spill", TimedProgress(2012)
    with cluster.open_cluster(Solver("dask", 2), spill, progress) as opened:
        address = opened.client.scheduler.address
        workers = opened.worker_infos()
        nannies = [worker["nanny"] for worker in workers.values()]
        for url in (address, *workers, *nannies):
            assert url.startswith("tls://127.0.0.1:")
        assert set(opened.client.run(code)) == set(workers)
        for url, security in (
            (address.replace("tls:", "tcp:"), None),
            (address, distributed.Security.temporary()),  # another run's
        ):
            with pytest.raises(OSError, match=r"certificate|reset|closed|Timed out"):
                distributed.Client(
                    url, security=security, timeout=3, set_as_default=False
                )
    assert not spill.exists()


def test_a_scheduler_behind_tls_is_reached_by_certificates_of_ones_own(
    tmp_path, monkeypatch
):
    issued = distributed.Security.temporary()
    config = {}
    for name, value in {
        "ca-file": issued.tls_ca_file,
        "client.cert": issued.tls_client_cert,
        "client.key": issued.tls_client_key,
    }.items():
        path = tmp_path / f"{name}.pem"
        path.write_text(value)
        config[f"distributed.comm.tls.{name}"] = str(path)
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        host="127.0.0.1",
        protocol="tls://",
        dashboard_address="127.0.0.1:0",
        silence_logs="CRITICAL",
        security=issued,
    ) as processes:
        address = processes.scheduler_address
        file = tmp_path / "scheduler.json"
        file.write_text(json.dumps({"address": address}))
        for named in (address, str(file)):
            with pytest.raises(CarbonshedError, match="which names no ca-file"):
                cluster.require_scheduler(named)
        with dask.config.set(config):
            cluster.require_scheduler(address)
            cluster.require_scheduler(str(file))


def test_a_file_that_no_scheduler_has_written_is_refused(tmp_path):
    for content in ("", "[]", "{}", '{"address"'):
        file = tmp_path / "scheduler.json"
        file.write_text(content)
        with pytest.raises(CarbonshedError, match=r"scheduler\.json is no file that"):
            cluster.require_scheduler(str(file))


def test_what_a_killed_build_has_spilled_goes(tmp_path):
    spilled = tmp_path / "solved" / ".direct.spill" / "square"
    spilled.parent.mkdir(parents=True)
    spilled.touch()
    solve({2012: Economy(1)}, tmp_path, Solver("direct"), "direct")
    assert [path.name for path in (tmp_path / "solved").iterdir()] == ["direct"]


def test_nobody_who_answers(tmp_path):
    with pytest.raises(CarbonshedError, match=r"no-such\.json: no such file"):
        solve(
            {2012: Economy(1)}, tmp_path, Solver("dask", None, "no-such.json"), "dask"
        )


def test_a_scheduler_that_is_lost_is_no_disk_that_fails(
    scheduler, in_squares, tmp_path, monkeypatch
):
    def lost(*args: object) -> None:
        raise OSError("Timed out trying to connect to tcp://10.0.0.1:8786")  # Dask's

    in_squares(3)
    monkeypatch.setattr(dask_solver.SquareSolve, "solve", lost)
    with pytest.raises(
        CarbonshedError, match=r"^the scheduler was lost on the way \(Timed"
    ):
        solve({2012: Economy(1)}, tmp_path, Solver("dask", None, scheduler), "dask")


def test_nobody_who_works(tmp_path, monkeypatch, capsys):
    def said() -> str:
        return capsys.readouterr().err

    monkeypatch.setattr(cluster, "PATIENCE", 0.1)
    monkeypatch.setattr(cluster, "LOOK_EVERY", 0.1)
    system = YearSystem(relations_of({2012: Economy(1)}), 2012)
    remote = remote_year(system)
    years = [dask_solver.Year("f", system, TimedProgress(2012), remote)]
    store = SolveStore(tmp_path / "solved")
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address=":0"
        ) as empty,
        distributed.Client(empty, set_as_default=False) as client,
        client.as_current(),
    ):
        opened = cluster.Cluster(client)
        assert bool(opened._link()) == (find_spec("bokeh") is not None)
        with pytest.raises(CarbonshedError, match=r"has no worker after.*--memory-l"):
            opened.wait_for_workers(years[0].progress)
        assert f"waiting for a worker of {empty.scheduler_address}" in said()
        opened._known = {"tcp://10.0.0.1:1"}
        with pytest.raises(CarbonshedError, match=r"workers are gone.*--memory-limit"):
            dask_solver.solve_whole_years(
                opened, years, Settings(), store, str(tmp_path), GB
            )
        assert re.search(
            r"a worker was lost \(0 left\): its part is computed again\n"
            rf".* waiting for a worker of {empty.scheduler_address}\n",
            said(),
        )


def test_a_worker_that_waits_for_a_stopped_one_does_not_work():
    def of(status: str, **counts: int) -> dict:
        return {"status": status, "metrics": {"task_counts": counts}}

    stopped, idle = of("paused", memory=3, ready=2), of("running", memory=5)
    assert not cluster.any_works([])
    assert not cluster.any_works([stopped, idle])
    assert cluster.any_works([idle, idle]), "before tasks have come"
    assert cluster.any_works([stopped, of("running", memory=5, flight=1)])
    assert cluster.any_works([of("paused", executing=1), idle])


@pytest.mark.parametrize(
    ("free", "refusal"),
    [
        (5 * GB, r"1 of 1 workers have stopped .*, and none .* worker --memory-limit"),
        (5, r"no room to spill in .*/worker-\w+, where 5 bytes are free"),
    ],
)
def test_workers_that_stop_for_lack_of_memory_are_a_refusal(
    free, refusal, monkeypatch, capsys
):
    """One that has a task goes on with it, stopped or not."""

    async def stop_at_work(dask_worker: distributed.Worker) -> None:
        while not dask_worker.state.executing:
            await asyncio.sleep(0.01)
        dask_worker.status = distributed.Status.paused

    monkeypatch.setattr(cluster, "STOPPED", 1.5)  # and a heartbeat takes 0.5 s
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    monkeypatch.setattr(cluster, "LOOK_EVERY", 0.1)
    with (
        dask.config.set({"distributed.worker.memory.pause": False}),  # stays stopped
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            memory_limit=8 * GB,
            dashboard_address="127.0.0.1:0",
        ) as one,
        distributed.Client(one, set_as_default=False) as client,
        client.as_current(),
    ):
        tasks = [client.submit(time.sleep, seconds) for seconds in (2.5, 0)]
        client.run(stop_at_work)
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr(cluster.shutil, "disk_usage", lambda folder: usage)
        with pytest.raises(CarbonshedError, match=refusal):
            cluster.Cluster(client).wait(tasks, "working", TimedProgress(2012))
        assert [task.done() for task in tasks] == [True, False]
    note = "1 of 1 workers have stopped for lack of memory\n"
    assert note in capsys.readouterr().err


def test_processes_that_cannot_start_are_a_refusal(tmp_path, monkeypatch):
    resource_tracker.ensure_running()  # it is a process of the same program
    monkeypatch.setattr(spawn, "_python_exe", b"/bin/false")
    with pytest.raises(CarbonshedError, match=r"cannot be started here \(.+\): there"):
        solve({2012: Economy(1)}, tmp_path, Solver("dask", 1), "dask")
    with pytest.raises(CarbonshedError, match=r"100\.0 MB of memory are too little"):
        solve({2012: Economy(1)}, tmp_path, Solver("dask", 0.1), "dask")
    assert not list(tmp_path.glob("solved/*"))


def test_workers_scan_transactions_as_one_machine_does(
    scheduler, tmp_path, monkeypatch
):
    """The report and the sums are equal bit for bit."""
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    dataset = ingest_tidy(TinyFolder(tmp_path / "tidy").write(), "tiny")
    parts = pq.read_metadata(dataset.table("transactions")).num_rows // 2
    monkeypatch.setattr(tables, "PART_ROWS", 2)
    monkeypatch.setattr(tables, "MIN_PARTS", parts)
    audits = []
    for solver in (Solver("direct"), Solver("dask", None, scheduler)):
        report = audit_dataset(dataset, None, solver)
        audits.append((report, (dataset.path / SALES_FILE).read_bytes()))
    assert audits[0] == audits[1]


def test_a_lost_scheduler_is_noted_where_nothing_is_to_be_solved(
    tmp_path, monkeypatch, capsys
):
    economies, nobody = {2012: Economy(1)}, "tcp://127.0.0.1:1"
    rows = solve(economies, tmp_path, Solver("direct"), "direct")
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1)
    again = solve(economies, tmp_path, Solver("dask", None, nobody), "direct")
    assert again == rows
    err = capsys.readouterr().err
    assert f"WARNING: {nobody}: no scheduler answers: Timed out" in err


def test_an_audit_asks_the_scheduler_that_was_named(
    scheduler, tmp_path, monkeypatch, capsys
):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    ingest_tidy(TinyFolder(tmp_path / "tidy").write(), "tiny")
    audit("tiny", scheduler)
    err = capsys.readouterr().err
    assert f"the workers of {scheduler} have nothing to do" in err
    assert "402,653,184 transactions" in err  # three parts of 2**27
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1)
    nobody = "tcp://127.0.0.1:1"
    with pytest.raises(CarbonshedError, match=f"{nobody}: no scheduler answers"):
        audit("tiny", nobody)
    (tmp_path / "s.json").write_text("none")
    with pytest.raises(CarbonshedError, match=r"s\.json is no file that dask schedul"):
        audit("tiny", "s.json")


def test_the_plan_by_hand():
    counties = np.repeat(np.arange(2_800), 42)
    planned = plan_squares(counties, 14_000, workers=8, memory=60 * GB)
    # the strip, its squares, demand twice and filled up, sales: 0.3 of 60 GB hold 8,035
    # rows, that is 15 strips of at most 187 counties; eight workers want twelve or more
    per_row = 8 * (2 * 117_600 + 3 * 14_000 + 2_800)
    assert int(0.3 * 60e9 / per_row) == 8_035
    assert (planned.grid.count, planned.grid.side) == (15, 187 * 42)
    assert planned.least == WORKER_OVERHEAD_BYTES + 2 * per_row * 187 * 42
    # an eighth of 6 times 8 n^2 bytes beside 0.3 GB are more than 0.9 of 60 GB
    assert planned.filled == 54 * GB
    assert planned.wire == pytest.approx(2.79 * 8 * 117_600**2, rel=0.01)
    assert "15 x 15 squares of 7,854 rows on 8 workers" in str(planned)


def test_what_is_too_large_for_workers_is_refused():
    counties = np.repeat(np.arange(2_800), 42)
    with pytest.raises(CarbonshedError, match=r"117,600 .* of memory on each worker"):
        plan_squares(counties, 14_000, workers=8, memory=4 * GB)
    # 65 rows, a 64th of the table, of 8 (2 n + 3 k + R) bytes, twice beside 300 MB of
    # programs, within 0.8 of a worker: (0.01 + 0.3) / 0.8 GB
    small = np.repeat(range(98), 42)
    with pytest.raises(CarbonshedError, match=r"need 387\.7 MB .* take 380\.0 MB"):
        plan_squares(small, 492, workers=2, memory=380 * 10**6)
    assert plan_squares(small, 492, workers=2, memory=400 * 10**6).least < 320 * 10**6
    roomy = plan_squares(small, 492, workers=2, memory=2 * GB)
    assert roomy.filled == 3 * 8 * 4_116**2 + WORKER_OVERHEAD_BYTES
    # one region is most of the table, and is not cut
    uneven = np.repeat([0, 1], [15_000, 5_000])
    with pytest.raises(CarbonshedError, match="on each worker"):
        plan_squares(uneven, 50, workers=8, memory=4 * GB)


def test_a_disk_without_room_is_refused(tmp_path):
    planned = plan_squares(np.repeat(range(700), 42), 3_502, workers=2, memory=4 * GB)
    # 6 x 8 n^2 for two of them, of which what half their memory holds beside the rest
    # of a process need not be written
    assert planned.spilled == 24 * 29_400**2 - (2 * GB - WORKER_OVERHEAD_BYTES)
    on_one_host = [Worker(f"tcp://a:{i}", "a", 4 * GB, 20 * GB) for i in range(2)]
    with pytest.raises(CarbonshedError, match="a: no room to spill"):
        require_disk(planned, on_one_host, tmp_path)
    apart = [Worker(f"tcp://{h}:1", h, 4 * GB, 20 * GB) for h in "ab"]
    require_disk(planned, apart, tmp_path)
