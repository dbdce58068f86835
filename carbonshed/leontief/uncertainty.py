"""Errors of the data, carried to every footprint to first order, without a solve.

Measured are Z, Y, exports, F and the direct emissions D; output x is their row
sum, so an error of Z moves x, A and f = F / x together. With phi_js the share of j's
output that destination s embodies, sum_s phi_js = 1, and total intensities m, exactly
to first order

    dC_s = sum_i phi_is dF_i + sum_ij m_i (phi_js - phi_is) dZ_ij
         + sum_(i,t) m_i (1[t = s] - phi_is) dY_it + sum_c dD_sc

with exports as one more destination t of Y. An error of Z, Y or exports moves emissions
between destinations and never changes their sum.

Each error has a part of the cell's own and a part that the cells of a group share.
Every function returns the covariance of both as if it were all of the error, shape
(2, S, S): own, shared. A rule weighs them, (1 - k) and k.

References
----------
Error propagation: Heijungs and Lenzen 2014, International Journal of Life Cycle
Assessment 19. The formula of dC_s for an output that is a row sum: this project's.
"""

from collections.abc import Iterator, Sequence

import numpy as np

_ROWS = 256  # rows of a gradient in memory at a time
_PIECE = 1 << 15  # cells whose errors are made at a time: they stay in the cache
_PAIRS = 1 << 22  # sums by pairs of regions and destination, in memory at a time


def standard_errors(
    values: np.ndarray,
    largest: float,
    *,
    rse_largest: float,
    exponent: float,
    rse_cap: float,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Return the change of each cell by an error of one standard deviation.

    s = v min(rse_cap, rse_largest (|v| / largest)^(-exponent)); 0 where v = 0.

    Parameters
    ----------
    values : ndarray, shape (n, ...)
        v, in any unit.
    largest : float
        The largest |v| of the component, in the same unit.
    rse_largest, exponent, rse_cap : float
        Of the rule, none below 0.
    out : ndarray, same shape, optional
        Takes the errors; it may be `values` themselves.

    Returns
    -------
    ndarray, same shape, unit and signs as `values`

    References
    ----------
    Lenzen, Wood and Wiedmann 2010, Economic Systems Research 22.
    """
    errors = np.empty(values.shape) if out is None else out
    if largest == 0:
        errors[...] = 0.0
        return errors
    scale = rse_largest * largest**exponent
    rows = max(_PIECE * len(values) // max(values.size, 1), 1)
    # a power of 0 that is infinite, or none times 0, does not count: the cap of 0 is 0
    smaller = np.minimum if exponent < 1 else np.fmin
    with np.errstate(divide="ignore", invalid="ignore"):
        for start in range(0, len(values), rows):
            piece = values[start : start + rows]
            has_signs = piece.min(initial=0.0) < 0
            sizes = np.abs(piece) if has_signs else piece
            if exponent == 0.25:  # as shipped: two roots take a fifth of a power's time
                fitted = np.sqrt(sizes)
                fitted *= np.sqrt(fitted)
            else:
                fitted = np.power(sizes, 1.0 - exponent)
            fitted *= scale
            smaller(sizes if rse_cap == 1 else sizes * rse_cap, fitted, out=fitted)
            if has_signs:
                np.copysign(fitted, piece, out=fitted)
            errors[start : start + rows] = fitted
    return errors


def emission_covariance(
    shares: np.ndarray, errors: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Return the covariance of footprints from errors of the producers' emissions.

    Parameters
    ----------
    shares : ndarray, shape (n, S)
        phi, of each destination in each output.
    errors : ndarray, shape (n,), unit of the stressor
        Standard errors of F.
    groups : ndarray of int, shape (n,)
        Which share an error: the emitting sector.

    Returns
    -------
    ndarray, shape (2, S, S), unit of the stressor squared
        sum_i s_i^2 phi_ir phi_is; sum_g b_gr b_gs with b_gs = sum_(i in g) s_i phi_is.
    """
    from scipy import sparse

    rows = np.arange(len(shares))
    sums = sparse.csr_array((errors, (groups, rows))) @ shares
    return np.stack([shares.T @ (errors[:, None] ** 2 * shares), sums.T @ sums])


def direct_emission_covariance(errors: np.ndarray) -> np.ndarray:
    """Return the covariance of footprints from errors of direct emissions.

    Parameters
    ----------
    errors : ndarray, shape (S, C), unit of the stressor
        Standard errors by destination and category; categories share an error.

    Returns
    -------
    ndarray, shape (2, S, S), unit of the stressor squared
    """
    return np.stack([np.diag((errors**2).sum(axis=1)), errors @ errors.T])


def demand_covariance(
    shares: np.ndarray,
    multipliers: np.ndarray,
    errors: np.ndarray,
    squares: np.ndarray,
    destinations: np.ndarray,
    regions: Sequence[slice],
) -> np.ndarray:
    """Return the covariance of footprints from errors of final demand, or exports.

    Parameters
    ----------
    shares : ndarray, shape (n, S)
        phi, of each destination in each output.
    multipliers : ndarray, shape (n,), unit of the stressor per currency
        m, total intensities.
    errors, squares : ndarray, shape (n, T), currency, and its square
        Sums over categories of standard errors, and of their squares.
    destinations : ndarray of int, shape (T,)
        The column of `shares` of each column of errors.
    regions : sequence of slice
        Rows of each region of origin; all deliveries of one to a destination share an
        error.

    Returns
    -------
    ndarray, shape (2, S, S), unit of the stressor squared
    """
    own = np.zeros((shares.shape[1],) * 2)
    weights = multipliers[:, None] ** 2 * squares
    cross = weights.T @ shares
    own[destinations, destinations] += weights.sum(axis=0)
    own[destinations] -= cross
    own[:, destinations] -= cross.T
    own += shares.T @ (weights.sum(axis=1)[:, None] * shares)
    shared = np.zeros_like(own)
    for rows in regions:
        moved = multipliers[rows, None] * errors[rows]
        sums = -(moved.T @ shares[rows])
        sums[np.arange(len(destinations)), destinations] += moved.sum(axis=0)
        shared += sums.T @ sums
    return np.stack([own, shared])


class TransactionCovariance:
    """The covariance of footprints from errors of Z, which is given block by block.

    Parameters
    ----------
    shares : ndarray, shape (n, S)
        phi, of each destination in each output.
    multipliers : ndarray, shape (n, q), unit of the stressor per currency
        m, total intensities of q stressors.
    regions : sequence of slice
        Rows, and columns, of each region; all deliveries of one to another share an
        error.
    """

    def __init__(
        self, shares: np.ndarray, multipliers: np.ndarray, regions: Sequence[slice]
    ) -> None:
        count, self._destinations = multipliers.shape[1], shares.shape[1]
        self._shares = shares
        self._multipliers = multipliers
        self._regions = regions
        self._starts = np.array([rows.start for rows in regions], dtype=np.intp)
        self._weights = np.zeros((count, len(shares)))  # (W + W') 1
        self._cross = np.zeros((count, self._destinations, self._destinations))
        self._shared = np.zeros_like(self._cross)

    def add(self, rows: slice, errors: np.ndarray) -> None:
        """Count in the errors of a block of rows.

        Parameters
        ----------
        rows : slice
            Rows of one or more whole regions.
        errors : ndarray, shape (b, n), currency
            Standard errors; overwritten.
        """
        multipliers, shares = self._multipliers[rows], self._shares[rows]
        sold = np.add.reduceat(errors, self._starts, axis=1)
        for q in range(multipliers.shape[1]):
            for sums in self._sums_of_pairs(rows, errors, sold, multipliers[:, q]):
                self._shared[q] += sums.T @ sums
        np.square(errors, out=errors)
        squares = multipliers**2
        self._weights += squares.T @ errors
        self._weights[:, rows] += squares.T * errors.sum(axis=1)
        embodied = errors @ self._shares
        for q in range(multipliers.shape[1]):
            self._cross[q] += shares.T @ (squares[:, q, None] * embodied)

    def result(self) -> np.ndarray:
        """Return the covariances, shape (q, 2, S, S), unit of the stressor squared.

        With W_ij = m_i^2 s_ij^2: phi' [diag(W'1) + diag(W1) - W - W'] phi; and
        sum over pairs (r, t) of b b', b_s = sum m_i s_ij (phi_js - phi_is).
        """
        shares = self._shares
        own = [
            shares.T @ (weights[:, None] * shares) - cross - cross.T
            for weights, cross in zip(self._weights, self._cross, strict=True)
        ]
        return np.stack([np.array(own).reshape(self._cross.shape), self._shared], 1)

    def _sums_of_pairs(
        self,
        rows: slice,
        errors: np.ndarray,
        sold: np.ndarray,
        multipliers: np.ndarray,
    ) -> Iterator[np.ndarray]:
        """Yield b of the pairs of some origins with all regions, shape (pairs, S)."""
        count, destinations = len(self._regions), self._destinations
        origins = [
            slice(region.start - rows.start, region.stop - rows.start)
            for region in self._regions
            if rows.start <= region.start < rows.stop
        ]
        at_once = max(_PAIRS // (count * destinations), 1)
        for start in range(0, len(origins), at_once):
            some = origins[start : start + at_once]
            sums = np.empty((count, len(some), destinations))
            moved = np.array([multipliers[own] @ errors[own] for own in some])
            for pair, region in zip(sums, self._regions, strict=True):
                np.matmul(moved[:, region], self._shares[region], out=pair)
            for k, own in enumerate(some):
                embodied = multipliers[own, None] * self._shares[rows][own]
                sums[:, k] -= sold[own].T @ embodied
            yield sums.reshape(-1, destinations)


class InterregionalShare:
    """The share of emissions for final demand that arise elsewhere, and its variance.

    It is 1 - local / all, over regions r, with local = sum_i F_i phi_i,r(i) of the
    emitter's own region r(i) and all = sum_ir F_i phi_ir. Direct emissions and exports
    are in neither. With a = -1 / all, b = local / all^2, total intensities by region of
    origin M and H_ij = a sum_r M_ir phi_jr + b m_i sum_r phi_jr, exactly to first order

        d share = sum_i (a phi_i,r(i) + b sum_r phi_ir) dF_i
                + sum_ij (H_ij - H_ii) dZ_ij - sum_i H_ii dex_i
                + sum_(i,t) (a M_it + b m_i - H_ii) dY_it

    Each `of_...` returns the variance as if all of an error were the cell's own, and as
    if all were shared, shape (2,).

    Parameters
    ----------
    shares : ndarray, shape (n, S)
        phi, of each destination in each output.
    multipliers : ndarray, shape (n,), unit of the stressor per currency
        m, total intensities.
    by_origin : ndarray, shape (n, R), unit of the stressor per currency
        M, total intensities by region of origin.
    emissions : ndarray, shape (n,), unit of the stressor
        F.
    regions : sequence of slice
        Rows, and columns of Z, of each region.
    destinations : ndarray of int, shape (R,)
        The column of `shares` of each region.

    Attributes
    ----------
    value : float
        NaN where nothing is emitted for final demand.

    References
    ----------
    Error propagation: Heijungs and Lenzen 2014, International Journal of Life Cycle
    Assessment 19. The gradient: this project's.
    """

    def __init__(
        self,
        shares: np.ndarray,
        multipliers: np.ndarray,
        by_origin: np.ndarray,
        emissions: np.ndarray,
        regions: Sequence[slice],
        destinations: np.ndarray,
    ) -> None:
        self._regions = regions
        self._starts = np.array([rows.start for rows in regions], dtype=np.intp)
        self._places = {
            destination: k for k, destination in enumerate(destinations.tolist())
        }
        for_regions = shares[:, destinations]
        for_all = for_regions.sum(axis=1)
        for_own = np.concatenate(
            [for_regions[rows, k] for k, rows in enumerate(regions)]
        )
        local, in_all = emissions @ for_own, emissions @ for_all
        self.value = 1 - local / in_all if in_all else np.nan
        a, b = (-1 / in_all, local / in_all**2) if in_all else (np.nan, np.nan)
        self._of_emissions = a * for_own + b * for_all
        # H = before @ behind', what all regions buy as one more of them
        self._before = np.column_stack([a * by_origin, b * multipliers])
        self._behind = np.column_stack([for_regions, for_all])
        self._at_home = np.einsum("ij,ij->i", self._before, self._behind)  # H_ii

    def of_emissions(self, errors: np.ndarray, groups: np.ndarray) -> np.ndarray:
        """Return the variance from errors of F; as for `emission_covariance`."""
        moved = self._of_emissions * errors
        sums = np.bincount(groups, moved)
        return np.array([moved @ moved, sums @ sums])

    def of_demand(
        self, errors: np.ndarray, squares: np.ndarray, destinations: np.ndarray
    ) -> np.ndarray:
        """Return the variance from errors of Y or exports; as for `demand_covariance`.

        A destination that is none of the regions counts as exports.
        """
        gradient = np.tile(-self._at_home[:, None], len(destinations))
        for column, destination in enumerate(destinations.tolist()):
            position = self._places.get(destination)
            if position is not None:
                gradient[:, column] += self._before[:, position] + self._before[:, -1]
        pairs = np.add.reduceat(gradient * errors, self._starts, axis=0)
        np.square(gradient, out=gradient)
        return np.array([np.vdot(gradient, squares), np.vdot(pairs, pairs)])

    def of_transactions(self, rows: slice, errors: np.ndarray) -> np.ndarray:
        """Return the part of the variance from errors of some rows of Z.

        Parameters
        ----------
        rows : slice
            Rows of one or more whole regions.
        errors : ndarray, shape (b, n), currency
            Standard errors.
        """
        variances = np.zeros(2)
        for region in self._regions:
            if not rows.start <= region.start < rows.stop:
                continue
            sums = np.zeros(errors.shape[1])
            for start in range(region.start, region.stop, _ROWS):
                part = slice(start, min(start + _ROWS, region.stop))
                moved = self._before[part] @ self._behind.T
                moved -= self._at_home[part, None]
                moved *= errors[part.start - rows.start : part.stop - rows.start]
                sums += moved.sum(axis=0)
                variances[0] += np.vdot(moved, moved)
            pairs = np.add.reduceat(sums, self._starts)
            variances[1] += pairs @ pairs
        return variances
