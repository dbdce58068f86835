"""Which solve fits: by hand, and on limits of the process and of control groups."""

import resource
import subprocess
import sys

import pytest

from carbonshed.errors import CarbonshedError
from carbonshed.warehouse import memory
from carbonshed.warehouse.memory import ROOM, Solver, plan

GB = 10**9


@pytest.fixture
def free(monkeypatch):
    """Return a function that sets what is free."""

    def set_free(amount):
        monkeypatch.setattr(memory, "free_memory", lambda: int(amount))

    set_free(1000 * GB)
    return set_free


def test_what_fits_is_factorised(free):
    chosen = plan(10_000, 1_000, Solver())
    # 16 n^2 and 8 n (k + 256) and the room for readers
    assert chosen.needs == 1_600_000_000 + 100_480_000 + ROOM
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


def test_a_limit_of_ones_own(free):
    assert plan(13_146, 1_567, Solver(memory_gb=1)).solver == "streamed"
    assert plan(13_146, 1_567, Solver(memory_gb=8)).solver == "direct"
    free(0.6 * GB)
    assert plan(13_146, 1_567, Solver(memory_gb=8)).solver == "streamed"


@pytest.mark.parametrize(
    ("solver", "amount"), [("direct", 1), ("streamed", 0.3), ("auto", 0.3)]
)
def test_what_does_not_fit_is_refused_before(free, solver, amount):
    free(amount * GB)
    with pytest.raises(CarbonshedError) as refusal:
        plan(13_146, 1_567, Solver(solver))
    message = str(refusal.value)
    assert "13,146 region-sectors with 1,567 columns of demand" in message
    assert f"into {amount:.1f} GB" in message
    assert "one factorisation needs 3.2 GB" in message
    assert "carbonshed aggregate" in message


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
from carbonshed.warehouse import memory
before = memory.free_memory()
most = memory._used("VmData") + 300_000_000
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
print(before > 300_000_000 >= memory.free_memory() > 250_000_000)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "True\n"
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY


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
    assert sorted(memory._of_control_groups(own, root)) == [0, 47, 330]


def test_no_control_groups(tmp_path):
    assert memory._of_control_groups(tmp_path / "none", tmp_path) == []
