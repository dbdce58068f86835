"""Shape and finiteness checks shared by the formulas."""

import numpy as np

_ROWS_AT_A_TIME = 1024  # bounds the temporary of the finiteness check


def square(name: str, matrix: np.ndarray) -> int:
    """Return the side of a square float64 matrix, or raise ``ValueError``."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        msg = f"{name} must be square, its shape is {matrix.shape}"
        raise ValueError(msg)
    if matrix.dtype != np.float64:
        msg = f"{name} must be float64, it is {matrix.dtype}"
        raise ValueError(msg)
    return matrix.shape[0]


def vector(name: str, values: np.ndarray, length: int | None = None) -> np.ndarray:
    """Return values of shape (n,) or (n, 1) as float64 of shape (n,)."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or (length is not None and values.shape[0] != length):
        expected = "(n,)" if length is None else f"({length},)"
        msg = f"{name} must have shape {expected}, its shape is {values.shape}"
        raise ValueError(msg)
    return values


def finite(name: str, values: np.ndarray, *, first_row: int = 0) -> None:
    """Raise ``ValueError`` naming the first rows that hold NaN or infinity.

    Rows are counted from `first_row`, for a block of a larger matrix.
    """
    bad: list[int] = []
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()):  # a NaN or an infinity would not leave it finite
            return
    for start in range(0, len(values), _ROWS_AT_A_TIME):
        block = np.isfinite(values[start : start + _ROWS_AT_A_TIME])
        rows = block if block.ndim == 1 else block.all(axis=1)
        bad.extend(first_row + start + np.flatnonzero(~rows))
        if len(bad) >= 5:
            break
    if bad:
        rows = ", ".join(str(row) for row in bad[:5])
        msg = f"{name} holds NaN or infinity, first in rows {rows}"
        raise ValueError(msg)
