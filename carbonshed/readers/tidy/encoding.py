"""Columns of a batch as arrays of numbers; what cannot be one is marked."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from carbonshed.dataset.fields import (
    FIRST_YEAR,
    LAST_YEAR,
    FieldError,
    parse_number,
    parse_year,
)

EMPTY = -1
UNKNOWN = -2
NO_YEAR = 0

Position = Callable[[str], int]


def encode_ids(column: pa.Array, position: Position) -> np.ndarray:
    """Return the position of every id.

    Parameters
    ----------
    column
        Text, best as a dictionary: each distinct id is looked up once.
    position
        Returns the position of an id, `UNKNOWN` if it has none.

    Returns
    -------
    ndarray of int32, shape (n,)
        `EMPTY` where the field is NULL or an empty text.
    """
    return _by_word(column, lambda word: EMPTY if word == "" else position(word), EMPTY)


def encode_years(column: pa.Array) -> np.ndarray:
    """Return the years.

    Returns
    -------
    ndarray of int32, shape (n,)
        `NO_YEAR` where the field is empty or not a year.
    """
    if pa.types.is_dictionary(column.type):
        return _by_word(column, _year_or_none, NO_YEAR)
    numbers = _floats(column)
    is_near = (numbers >= FIRST_YEAR) & (numbers <= LAST_YEAR)
    is_year = is_near & (numbers == np.round(numbers))
    return np.where(is_year, numbers, NO_YEAR).astype(np.int32)


def encode_numbers(column: pa.Array) -> np.ndarray:
    """Return the numbers.

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where the field is empty or text.
    """
    if not pa.types.is_string(column.type):
        return _floats(column)
    try:
        return _floats(column.cast(pa.float64()))
    except pa.ArrowInvalid:
        return np.array([_number_or_nan(field) for field in column.to_pylist()])


def _by_word(column: pa.Array, code: Callable[[str], int], empty: int) -> np.ndarray:
    if pa.types.is_null(column.type):
        return np.full(len(column), empty, np.int32)
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.large_string()).dictionary_encode()
    words = [empty if word is None else code(word) for word in _words(column)]
    codes = np.array([*words, empty], dtype=np.int32)
    indices = column.indices
    if indices.null_count:
        # the appended last code stands for NULL
        indices = pc.fill_null(indices.cast(pa.int64()), len(words))
    return codes[indices.to_numpy(zero_copy_only=False)]


def _words(column: pa.DictionaryArray) -> list[str | None]:
    return column.dictionary.to_pylist()


def _floats(column: pa.Array) -> np.ndarray:
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan)
    return column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def _year_or_none(word: str) -> int:
    try:
        return parse_year(word)
    except FieldError:
        return NO_YEAR


def _number_or_nan(field: str | None) -> float:
    try:
        return np.nan if field is None else parse_number(field)
    except FieldError:
        return np.nan
