"""Small products take one thread of BLAS, large ones all that there are."""

from threading import Event, Thread

import numpy as np
import pytest
import scipy.linalg  # its BLAS is limited as NumPy's is
from threadpoolctl import threadpool_info, threadpool_limits

from carbonshed import leontief, threads
from carbonshed.solve import year_solve
from carbonshed.solve.relations import Demand
from carbonshed.solve.year_system import Producers

HERE = 3  # threads, whatever the machine has


@pytest.fixture(autouse=True)
def three_threads():
    with threadpool_limits(HERE, "blas"):
        yield


def in_use() -> set[int]:
    """Return the threads that the libraries of BLAS take."""
    assert scipy.linalg
    return {
        library["num_threads"]
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }


def test_models_side_by_side_leave_no_limit():
    """The second comes while the first is there, and leaves after it."""
    is_within, is_over = Event(), Event()

    def second() -> None:
        with threads.one_thread():
            is_within.set()
            assert is_over.wait(10)

    other = Thread(target=second)
    with threads.one_thread() as others:
        assert (in_use(), others) == ({1}, HERE)
        other.start()
        assert is_within.wait(10)
    is_over.set()
    other.join()
    assert in_use() == {HERE}


def test_a_failure_lifts_it_too():
    with pytest.raises(ZeroDivisionError), threads.one_thread():
        assert 1 / 0
    assert in_use() == {HERE}


def test_a_small_square_takes_one_thread_and_a_large_one_all():
    with threads.threads_for(71):
        assert in_use() == {1}
    with threads.threads_for(13_146):
        assert in_use() == {HERE}


@pytest.mark.parametrize(("small", "expected"), [(31, {1}), (30, {HERE})])
def test_a_solve_takes_all_for_its_factorisation_alone(monkeypatch, small, expected):
    """Thirty rows in three regions; below `small` one thread is enough."""
    monkeypatch.setattr(threads, "_ROWS_OF_ONE_THREAD", small)
    taken: dict[str, set[int]] = {}

    def watch(owner: object, name: str) -> None:
        function = getattr(owner, name)

        def watched(*arguments, **options):
            taken.setdefault(name, set()).update(in_use())
            return function(*arguments, **options)

        monkeypatch.setattr(owner, name, watched)

    for name in ("require_productive", "own_chain_output", "ResidualProbe"):
        watch(leontief, name)
    watch(year_solve.Followed, "take")
    watch(year_solve, "Followed")
    watch(leontief.Leontief, "output")
    size = 30
    A = np.random.default_rng(7).random((size, size)) / size / 2
    demand = np.ones((size, 1), order="F")
    x = np.linalg.solve(np.eye(size) - A, demand[:, 0])
    producers = Producers(x, x == 0, np.repeat([*"abc"], 10), np.ones((size, 1)))
    columns = Demand(["a"], ["households"], demand, np.ones(size), np.ones(size))
    year_solve.solve_in_memory(
        A * x, producers, columns, tolerance=1e-9, progress=lambda message: None
    )
    # regions are small in both cases; output is that of each of them, then of all
    assert taken.pop("output") == {1} | expected
    assert {*taken} == {
        "require_productive",
        "own_chain_output",
        "ResidualProbe",
        "Followed",
        "take",
    }
    assert all(step == {1} for step in taken.values()), taken
