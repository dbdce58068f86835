"""Capital as an input: what is used up is bought again, at the mix of investments.

Notation beyond that of the package: C (R, n) consumption of fixed capital per unit of
output, each row that of one region; Q (n, R) the mix of products in the investments of
each region, columns that sum to 1. A + Q C takes the place of A, and the total
intensities of investments in it are k = m Q (I - C L Q)^-1: a system of regions alone.

References
----------
Lenzen and Treloar (2004), Journal of Applied Input-Output Analysis 10: augmentation.
"""

import numpy as np

from carbonshed.leontief import checks
from carbonshed.leontief.productivity import is_productive


class UnboundedCapitalError(ValueError):
    """Capital needs more capital than it is; ``regions`` are those that carry it."""

    def __init__(self, radius: float, regions: np.ndarray) -> None:
        self.radius = radius
        self.regions = regions
        super().__init__(
            "investments use up more capital than they replace: the spectral radius of"
            f" capital per capital is {radius:.4g}, expected one below 1"
        )


def capital_intensities(
    investment_intensities: np.ndarray, embodied_capital: np.ndarray
) -> np.ndarray:
    """Emissions behind a unit of capital that replaces what is used up in a region.

    Parameters
    ----------
    investment_intensities : ndarray, shape (R, q), unit of the stressor per currency
        m Q: the footprint of the investments of each region per unit of money.
    embodied_capital : ndarray, shape (R, R)
        C L Q: capital of the region of the row that is used up per unit of
        investments of the region of the column.

    Returns
    -------
    ndarray, shape (R, q), unit of the stressor per currency
        k, with the capital that makes capital.

    Raises
    ------
    UnboundedCapitalError
        If the spectral radius of C L Q is not below 1, by a millionth.
    ValueError
        If a number is not finite, or the shapes do not fit.
    """
    regions = checks.square("embodied_capital", embodied_capital)
    checks.finite("investment_intensities", investment_intensities)
    if investment_intensities.shape[0] != regions:
        msg = f"expected {regions} regions, the shape is {investment_intensities.shape}"
        raise ValueError(msg)
    verdict = is_productive(embodied_capital)  # which refuses what is not finite
    if not verdict.is_productive:
        raise UnboundedCapitalError(verdict.radius, verdict.causes)
    system = np.eye(regions) - embodied_capital
    return np.linalg.solve(system.T, investment_intensities)
