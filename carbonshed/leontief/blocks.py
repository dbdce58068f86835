"""Regions on their own: the chains that never leave a region."""

import numpy as np

from carbonshed.leontief import checks


def own_chain_output(
    coefficients: np.ndarray, regions: np.ndarray, own_demand: np.ndarray
) -> np.ndarray:
    """Output of chains within each region: (I - A_rr)^-1 Y_rr 1.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n)
        A of the whole system.
    regions : ndarray of int, shape (n,)
        The region of each region-sector.
    own_demand : ndarray, shape (n,), currency
        Y_rr 1: what each region-sector delivers to final users of its own region.

    Returns
    -------
    ndarray, shape (n,), currency

    References
    ----------
    Miller and Blair (2009), section 3.3: the single-region model inside the
    many-region one; the difference is interregional feedback.
    """
    n = checks.square("coefficients", coefficients)
    own_demand = checks.vector("own_demand", own_demand, n)
    output = np.empty(n)
    for region in np.unique(regions):
        rows = np.flatnonzero(regions == region)
        own = np.eye(len(rows)) - coefficients[np.ix_(rows, rows)]
        output[rows] = np.linalg.solve(own, own_demand[rows])
    return output
