"""The prior of deliveries: gravity between regions, a location quotient within."""

import numpy as np

from carbonshed.accounting.ras import divide, group_sums

EARTH_RADIUS_KM = 6371.0088
MIN_DISTANCE = 1.0
MIN_SIZE = 1e-9


def great_circle(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Return distances on the sphere in km, (R, R), from degrees, (R,).

    NaN stands for an unknown position and an unknown distance.
    """
    longitude, latitude = np.radians(longitude), np.radians(latitude)
    half_chord = (
        np.sin((latitude[:, None] - latitude) / 2) ** 2
        + np.cos(latitude)[:, None]
        * np.cos(latitude)
        * np.sin((longitude[:, None] - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0)))


def complete_distances(distances: np.ndarray) -> np.ndarray:
    """Return distances of at least 1; unknown ones (NaN) are the median of the known.

    The diagonal is not used. All are 1 if nothing is known.
    """
    apart = ~np.eye(len(distances), dtype=bool)
    measured = distances[apart & ~np.isnan(distances)]
    usual = float(np.median(measured)) if measured.size else 1.0
    return np.maximum(np.where(np.isnan(distances), usual, distances), MIN_DISTANCE)


def own_shares(
    supply: np.ndarray,
    size: np.ndarray,
    own_region_delta: np.ndarray,
    parent: np.ndarray,
) -> np.ndarray:
    """Return q_ri: how much of its purchases of i in the parent region r makes itself.

    q = log2(1 + size)^delta, the size term of Flegg's location quotient (Flegg and
    Webber 1997, Regional Studies 31, 795); 0 without supply, 1 where nobody else in the
    parent region has any. `size` is the region's share in its parent's output, limited
    to `MIN_SIZE` to 1: only outputs below 0 exceed that.
    """
    is_supplier = supply > 0
    suppliers = group_sums(is_supplier.astype(float), parent)[parent]
    shares = np.log2(1 + np.clip(size, MIN_SIZE, 1.0))[:, None] ** own_region_delta
    return np.where(is_supplier, np.where(suppliers == 1, 1.0, shares), 0.0)


def trade_shares(
    supply: np.ndarray,
    own: np.ndarray,
    distance: np.ndarray,
    distance_decay: np.ndarray,
    parent: np.ndarray,
) -> list[np.ndarray]:
    """Return theta: the share of region r in what region s buys of i from r's parent.

    Other regions of the parent share what is not the buyer's own by supply over
    distance to the power of `distance_decay`. One array for each parent region, (S,
    members, R); columns sum to 1 where the parent supplies i, to 0 elsewhere.
    """
    n_regions = len(parent)
    parts = []
    for first, last in parent_slices(parent):
        members = np.arange(first, last)
        pull = np.empty((supply.shape[1], last - first, n_regions))
        log_distance = np.log(distance[members])
        for sector, decay in enumerate(distance_decay):
            pull[sector] = supply[members, sector, None] * np.exp(-decay * log_distance)
        pull[:, members - first, members] = 0.0
        rest = np.ones((supply.shape[1], n_regions))
        rest[:, members] -= own[members].T
        pull *= divide(rest, pull.sum(axis=1))[:, None, :]
        pull[:, members - first, members] = own[members].T
        parts.append(pull)
    return parts


def parent_slices(parent: np.ndarray) -> list[tuple[int, int]]:
    """Return first and last + 1 of the regions of each parent region."""
    edges = np.flatnonzero(np.diff(parent, prepend=-1, append=parent[-1] + 1))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
