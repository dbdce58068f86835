"""Which solve fits: by hand, and on limits of the process and of control groups."""

import subprocess
import sys
import tracemalloc
from functools import partial

import numpy as np
import pytest
from support.refusals import refusal_of

from carbonshed.errors import CarbonshedError
from carbonshed.leontief import PRODUCT_COLUMNS
from carbonshed.memory import _of_control_groups
from carbonshed.solve import memory_plan as memory
from carbonshed.solve import passes
from carbonshed.solve import year_solve as solving
from carbonshed.solve.memory_plan import OVERHEAD_BYTES, Counts, Solver
from carbonshed.solve.relations import Demand, Imports
from carbonshed.solve.stored_matrix import StoredMatrix, blocks_of_regions
from carbonshed.solve.year_system import Producers

GB = 10**9


def plan(size, demands, solver, **more):
    return memory.plan(Counts(size, demands, **more), solver)


@pytest.fixture(scope="module")
def first_solve():
    """Solve once before: what a first solve imports is none of its arrays."""
    ones, sizes = np.ones(300), np.ones((300, 1))
    producers = Producers(ones, ones == 0, np.arange(300), sizes)
    demand = Demand(["a"], ["b"], sizes.copy(order="F"), ones, ones / 2)
    A = np.full((300, 300), 1 / 600)
    solving.solve_in_memory(A, producers, demand, tolerance=1, progress=print)


@pytest.fixture
def free(monkeypatch):
    """Return a function that sets what is free."""

    def set_free(amount):
        monkeypatch.setattr(memory, "free_memory", lambda: int(amount))

    set_free(1000 * GB)
    return set_free


def test_what_fits_is_factorised(free):
    chosen = plan(10_000, 1_000, Solver())
    # 8 n^2, a region of one row, 8 n (2 k + 40), and what readers take
    assert chosen.needs == 800_000_000 + 8 + 163_200_000 + OVERHEAD_BYTES
    assert chosen.solver == "direct"
    free(chosen.needs)
    assert plan(10_000, 1_000, Solver()).solver == "direct"
    free(chosen.needs - 1)
    assert plan(10_000, 1_000, Solver()).solver == "streamed"


def test_sweeps_take_what_there_is(free):
    for amount in (0.6 * GB, GB, 2 * GB):
        free(amount)
        chosen = plan(13_146, 1_567, Solver("streamed"))
        assert chosen.needs <= amount
        assert chosen.columns <= 1_567
        assert chosen.rows * 13_146 * 8 <= 0.1 * amount
    assert chosen.columns == 1_567  # all at once, in 2 GB
    assert str(chosen).startswith("sweeps over a file, 1,901 rows and 1,567 demands")


def test_the_least_fits_where_it_says_so(free):
    """Blocks are lower before anything is refused."""
    free(0)
    with pytest.raises(CarbonshedError, match=r"sweeps over .* 0\.43 GB or more"):
        plan(13_146, 1_567, Solver())
    free(0.45 * GB)
    chosen = plan(13_146, 1_567, Solver())
    assert (chosen.solver, chosen.rows) == ("streamed", 64)
    free(chosen.needs)
    assert plan(13_146, 1_567, Solver()).columns == chosen.columns
    # Y, probes, a block, its square twice, sixteen columns, and what readers take
    least = 8 * 13_146 * (1_567 + 40 + 64) + 16 * 64**2 + OVERHEAD_BYTES
    least += 16 * (8 * 13_146 + 32 * 64)
    free(least)
    assert plan(13_146, 1_567, Solver()).needs == least
    free(least - 1)
    with pytest.raises(CarbonshedError):
        plan(13_146, 1_567, Solver())


def test_a_block_is_no_lower_than_the_largest_region(free):
    free(GB)
    assert plan(13_146, 100, Solver(), region=3_000).rows == 3_000
    assert plan(13_146, 100, Solver(), region=42).rows == 950
    with pytest.raises(CarbonshedError):
        plan(13_146, 100, Solver(), region=13_146)


@pytest.fixture
def file(tmp_path):
    """Open a file without a buffer."""
    with (tmp_path / "A").open("w+b", buffering=0) as file:
        yield file


# columns of demand and of intensities, rows of a region, what is free in MB
CASES = [
    ("direct", 200, 2, 30, 1000),
    ("direct", 20, 2, 1500, 1000),
    ("direct", 20, 400, 30, 1000),
    ("streamed", 400, 2, 30, 20),
    ("streamed", 400, 2, 30, 7.6),
    ("streamed", 60, 2, 30, 3.35),
    ("streamed", 20, 200, 30, 30),
    ("streamed", 20, 2, 750, 1000),
]


def imports_of(size: int, products: int) -> Imports:
    """Return imports of every region-sector."""
    return Imports(
        np.arange(size) % products,
        np.full(size, 1e-3),
        [],
        np.zeros(0),
        np.zeros((products, 0)),
        np.zeros((products, size)),
        np.zeros(size, bool),
    )


# beside the stressors, imports are followed by product, the first stressor by the
# region of its origin, and the exports of each region to its producers; deliveries of
# regions are counted once
MORE_CASES = [
    ("direct", 20, 2, 30, 1000, 50, ""),
    ("streamed", 20, 2, 30, 30, 50, ""),
    ("direct", 20, 2, 6, 1000, 0, "origin"),
    ("streamed", 20, 2, 10, 30, 50, "origin"),
    ("direct", 20, 2, 6, 1000, 0, "exports"),
    ("streamed", 20, 2, 10, 30, 0, "exports"),
    ("direct", 300, 2, 6, 1000, 0, "once"),
    ("direct", 20, 2, 500, 1000, 0, "once"),
    ("streamed", 300, 2, 10, 30, 0, "once"),
    ("streamed", 20, 2, 500, 1000, 0, "once"),
]


FOLLOWED = ("origin", "exports")
SMALL_OBJECTS = 50_000  # bytes of Python's own; a plan has a thousand times as many


@pytest.mark.usefixtures("first_solve")
@pytest.mark.parametrize("case", [*((*case, 0, "") for case in CASES), *MORE_CASES])
def test_no_more_is_taken_than_planned(free, file, case, monkeypatch):
    """NumPy tells how much it takes; DuckDB takes nothing here."""
    solver, demands, stressors, region, most, products, by_region = case
    monkeypatch.setattr(memory, "OVERHEAD_BYTES", SMALL_OBJECTS)
    free(most * 1e6)
    size = 1_500
    regions = np.arange(size) // region
    origins = len(set(regions))
    chosen = plan(
        size,
        demands,
        Solver(solver),
        stressors=stressors + 3 * products + (by_region in FOLLOWED) * origins,
        region=region,
        regions=origins,
        beside=(by_region == "once")
        * (
            memory.vectors_of_rounds(size, [region] * origins)
            + origins
            + min(origins, PRODUCT_COLUMNS)
        ),
    )
    rng = np.random.Generator(np.random.PCG64(1))
    Y, f = (
        np.asfortranarray(rng.random((size, count))) for count in (demands, stressors)
    )
    A = rng.random((size, size)) / (100 * size)  # three sweeps are enough
    A[7], A[:, 7] = 0, 0  # an absent industry is left out
    x = np.ones(size)
    total = x - A.sum(axis=1)
    Y *= (total / Y.sum(axis=1))[:, None]
    demand = Demand(["a"] * demands, ["b"] * demands, Y, Y[:, 0].copy(), total)
    file.write(A)
    imports = imports_of(size, products) if products else None
    taken = Y.nbytes + f.nbytes
    if solver == "direct":
        taken += A.nbytes
    tracemalloc.start()
    try:
        if solver == "direct":
            solve = partial(solving.solve_in_memory, A)
        else:
            matrix = StoredMatrix(file, blocks_of_regions(regions, chosen.rows))
            solve = partial(solving.solve_streamed, matrix, columns=chosen.columns)
        followed = {
            "origin": [passes.ByOrigin([0])],
            "exports": [passes.Exported(x / 2)],
            "once": [passes.DeliveriesOnce()],
        }.get(by_region, [])
        if imports:
            followed.insert(0, passes.ImportedProducts(imports))
        producers = Producers(x, x == 0, regions, f)
        solve(producers, demand, followed, tolerance=1e-9, progress=lambda _: None)
        taken += tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # and the plan is not far above it
    assert 0.5 * chosen.needs < taken <= chosen.needs


def test_a_limit_of_ones_own(free):
    assert plan(13_146, 1_567, Solver(memory_gb=1)).solver == "streamed"
    assert plan(13_146, 1_567, Solver(memory_gb=8)).solver == "direct"
    free(0.6 * GB)
    assert plan(13_146, 1_567, Solver(memory_gb=8)).solver == "streamed"


@pytest.mark.parametrize(
    ("solver", "amount"),
    [("direct", 1), ("streamed", 0.3), ("auto", 0.3), ("dask", 0.3)],
)
def test_what_does_not_fit_is_refused_before(free, solver, amount):
    free(amount * GB)
    message = refusal_of(plan, 13_146, 1_567, Solver(solver))
    assert "13,146 region-sectors with 1,567 columns of demand" in message
    assert f"into {amount:.{1 if amount >= 1 else 2}f} GB" in message
    assert "one factorisation needs 1.9 GB" in message
    assert "(var solver: streamed) 0.43 GB or more" in message
    assert "carbonshed aggregate" in message
    # another remedy helps where there is a cluster already
    assert ("leave out the vars" in message) == (solver == "dask")
    assert ("take a cluster" in message) == (solver != "dask")


def test_blocks_of_parts_count_in_what_is_refused(free):
    """Those of 42 sectors in 2,800 regions are 2.6 GB; those of regions 0.04."""
    size = 2_800 * 42
    of_sectors, of_regions = (
        8 * size * (memory.vectors_of_rounds(size, rows) - 40)
        for rows in ([2_800] * 42, [42] * 2_800)
    )
    assert (of_sectors, of_regions) == (8 * 42 * 2_800**2, 8 * 2_800 * 42**2)
    free(2.5 * GB)
    vectors = memory.vectors_of_rounds(size, [2_800] * 42)
    assert plan(size, 42, Solver("streamed")).needs < 2.5 * GB
    refusal = refusal_of(plan, size, 42, Solver("streamed"), beside=vectors)
    assert "117,600 region-sectors" in refusal


def test_an_inverse_that_does_not_fit_is_refused_before(free):
    free(1.9 * GB)
    memory.require_inverse(13_146, 256)
    free(1.8 * GB)
    with pytest.raises(CarbonshedError, match="the full inverse of 13,146") as refusal:
        memory.require_inverse(13_146, 256)
    assert "1.8 GB are free" in str(refusal.value)


def test_small_tables_fit_anywhere(free):
    free(0.3 * GB)
    assert plan(6, 14, Solver()).solver == "direct"
    for size in (1, 6, 140):
        streamed = plan(size, 14, Solver("streamed"))
        assert streamed.solver == "streamed"
        assert streamed.columns == 14


def test_what_vars_say():
    assert Solver.of("", "") == Solver.of(None, None) == Solver()
    assert Solver.of("streamed", "0.5") == Solver("streamed", 0.5)


def test_a_limit_of_the_process_counts():
    """A third of a gigabyte more than is taken now: `ulimit -d`."""
    program = """
import resource
import psutil
from carbonshed import memory
before = memory.free_memory()
most = psutil.Process().memory_info().data + 300_000_000
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
print(before > 300_000_000 >= memory.free_memory() > 250_000_000)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "True\n"


def control_group(folder, limit, use, cache, names):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip(names, (limit, use, cache), strict=True):
        (folder / name).write_text(text)


V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat")
V2 = ("memory.max", "memory.current", "memory.stat")


def test_limits_of_control_groups(tmp_path):
    root, own = tmp_path / "cgroup", tmp_path / "own"
    own.write_text("4:memory:/batch/job\n2:cpu,cpuacct:/elsewhere\n0::/user/job\n")
    cache = "inactive_file 7\nactive_file 1\n"
    control_group(root / "user" / "job", "max\n", "60\n", cache, V2)
    control_group(root / "user", "100\n", "60\n", cache, V2)
    cache = "inactive_file 1\ntotal_inactive_file 30\n"
    control_group(root / "memory" / "batch" / "job", "90\n", "200\n", cache, V1)
    control_group(root / "memory" / "batch", "500\n", "200\n", cache, V1)
    # no negative amount: 90 - 200 + 30 is nothing; 500 - 200 + 30; 100 - 60 + 7
    assert sorted(_of_control_groups(own, root)) == [0, 47, 330]


def test_no_control_groups(tmp_path):
    assert _of_control_groups(tmp_path / "none", tmp_path) == []
