"""Threads of BLAS, of which small products take one.

In a large product they wait for each other for less time than they save. In a small one
it is the other way round, and where other programs have the cores, by far: the wait
lasts until the one that was pushed aside is let in again. A system of 500 rows takes 7
ms of processor time with one thread, and 60 to 100 with two beside two busy programs.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from threadpoolctl import threadpool_limits

# where the machine has nothing else to do, one thread takes a tenth of a second for as
# many, and two take half of it; else two take longer
_ROWS_OF_ONE_THREAD = 2000


@contextmanager
def one_thread() -> Iterator[int]:
    """Let BLAS use one thread; yield how many it has otherwise.

    A library of BLAS that is loaded within is not limited.
    """
    with threadpool_limits(1, "blas") as limit:
        yield limit.get_original_num_threads()["blas"] or 1


def threads_for(rows: int) -> AbstractContextManager[object]:
    """Let BLAS use as many threads as serve a square of so many rows: all, or one."""
    return one_thread() if rows < _ROWS_OF_ONE_THREAD else nullcontext()
