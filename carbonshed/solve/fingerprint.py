"""Whether a system was solved before: a digest of all that its solution depends on."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from scipy import sparse

from carbonshed import leontief
from carbonshed.solve.relations import Demand

THREADS = 2  # hashing leaves Python's lock: 0.5 s for 13,146 x 13,146

# a change of the algebra makes every solution an old one
_CODE = (
    *sorted(Path(leontief.__file__).parent.glob("*.py")),
    *sorted(
        Path(__file__).with_name(f"{module}.py")
        for module in ("relations", "solution", "solver", "stored_matrix", "year")
    ),
)


def digest_of_rows(matrix: np.ndarray) -> bytes:
    """Return the digests of every row, one after another.

    Blocks of a matrix give the same bytes as the whole, whatever their height.

    Parameters
    ----------
    matrix : ndarray, shape (b, n), C order
    """

    def digest(rows: np.ndarray) -> bytes:
        return b"".join(hashlib.sha256(row).digest() for row in rows)

    with ThreadPoolExecutor(THREADS) as pool:
        return b"".join(pool.map(digest, np.array_split(matrix, THREADS)))


def digest_of_cells(matrix: sparse.csr_array) -> bytes:
    """Return the digest of a sparse matrix, its cells in order."""
    digest = hashlib.sha256(matrix.data)
    digest.update(matrix.indices)
    digest.update(matrix.indptr)
    return digest.digest()


def fingerprint(
    transactions: bytes,
    is_zero: np.ndarray,
    producers: np.ndarray,
    demand: Demand,
    stressors: list[str],
    tolerance: float,
) -> str:
    """Return a text that two solves share only if they solve the same.

    Output and intensities are sums that SQL adds up in any order, so their last bits
    differ from build to build: they are compared by `earlier.find`.

    Parameters
    ----------
    transactions : bytes
        Digest of Z.
    is_zero : ndarray of bool, shape (n,)
    producers : ndarray of str, shape (n,)
        The region of each region-sector.
    demand : Demand
        Before it is solved.
    stressors : list of str, length q
    tolerance : float
        Largest relative residual accepted.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    labels = [
        demand.regions,
        demand.categories,
        stressors,
        producers.tolist(),
        tolerance,
        _code(),
    ]
    digest = hashlib.sha256(json.dumps(labels).encode())
    digest.update(transactions)
    digest.update(is_zero)
    digest.update(np.ascontiguousarray(demand.values.T))
    return digest.hexdigest()


@cache
def _code() -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in _CODE)).hexdigest()
