"""Covariances and variances as long tables, for the solve store."""

import numpy as np
import pyarrow as pa

from carbonshed.solve.import_tables import Columns
from carbonshed.solve.relations import RESERVED_POSITIONS

Covariances = dict[tuple[str, str, str], np.ndarray]  # stressor, rule, component
Variances = dict[tuple[str, str], np.ndarray]  # stressor, rule


def covariance_columns(year: int, covariances: Covariances) -> Columns:
    """Return covariances without their zeros.

    Parameters
    ----------
    year : int
    covariances : dict of ndarray, shape (S, S), t squared
        Destinations in the order of their positions; the reserved ones, below 0, count
        from the end.

    Returns
    -------
    dict of str to array
        year, stressor_id, uncertainty_rule, component, region_position,
        other_region_position, covariance.
    """
    size = next((len(values) for values in covariances.values()), 0)
    reserved = sorted(RESERVED_POSITIONS.values())
    names = np.array([*range(size - len(reserved)), *reserved], np.int32)
    keys = list(covariances)
    places = [np.nonzero(covariances[key]) for key in keys]
    counts = [len(place[0]) for place in places]
    amounts = [covariances[key][at] for key, at in zip(keys, places, strict=True)]
    return {
        "year": np.full(sum(counts), year, np.int32),
        **_labels(("stressor_id", "uncertainty_rule", "component"), keys, counts),
        "region_position": _joined([names[one] for one, _ in places], np.int32),
        "other_region_position": _joined(
            [names[other] for _, other in places], np.int32
        ),
        "covariance": _joined(amounts, np.float64),
    }


def production_columns(
    year: int, variances: Variances, positions: np.ndarray
) -> Columns:
    """Return variances of production emissions.

    Parameters
    ----------
    year : int
    variances : dict of ndarray, shape (R,), t squared
    positions : ndarray of int, shape (R,)
        Of the regions.

    Returns
    -------
    dict of str to array
        year, stressor_id, uncertainty_rule, region_position, variance.
    """
    keys = list(variances)
    counts = [len(positions)] * len(keys)
    return {
        "year": np.full(sum(counts), year, np.int32),
        **_labels(("stressor_id", "uncertainty_rule"), keys, counts),
        "region_position": np.tile(positions.astype(np.int32), len(keys)),
        "variance": _joined([*variances.values()], np.float64),
    }


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate([np.empty(0, kind), *parts])


def _labels(
    names: tuple[str, ...], keys: list[tuple[str, ...]], counts: list[int]
) -> dict[str, pa.Array]:
    """Return columns of labels, each key repeated as often as it has rows."""
    columns = {}
    for place, name in enumerate(names):
        words = sorted({key[place] for key in keys})
        numbers = np.array([words.index(key[place]) for key in keys], np.int32)
        columns[name] = pa.DictionaryArray.from_arrays(
            pa.array(np.repeat(numbers, counts)), pa.array(words, pa.string())
        )
    return columns
