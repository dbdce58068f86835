"""Random numbers that are the same on every machine and with every NumPy.

NumPy keeps the raw output of a bit generator stable, but not what a Generator
makes of it. So raw PCG64 words are turned into uniforms here, and into normals by
the inverse of the distribution function.
"""

import zlib

import numpy as np
from scipy.special import ndtri


def uniforms(seed: int, topic: str, *shape: int) -> np.ndarray:
    """Return independent uniforms in (0, 1).

    Each topic has a stream of its own, so that a new topic does not change the others.
    """
    sequence = np.random.SeedSequence([seed, zlib.crc32(topic.encode())])
    raw = np.random.PCG64(sequence).random_raw(int(np.prod(shape)))
    fractions = (np.asarray(raw, dtype=np.uint64) >> np.uint64(12)).astype(float)
    return ((fractions + 0.5) * 2.0**-52).reshape(shape)


def normals(seed: int, topic: str, *shape: int) -> np.ndarray:
    """Return independent standard normals, cut off at 2.5 on either side.

    Without the cut one city in a few hundred would get an industry that no
    table shows.
    """
    return np.clip(ndtri(uniforms(seed, topic, *shape)), -2.5, 2.5)


def scores(values: np.ndarray) -> np.ndarray:
    """Return the normal scores of the values: same order, standard normal shape.

    These are Blom scores: their spread does not depend on the draw. Ties keep their
    order.
    """
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    return ndtri((ranks - 0.375) / (len(values) + 0.25))
