"""Emissions of regions: the parent's, shared out and balanced to regional totals."""

from dataclasses import dataclass

import numpy as np

from carbonshed.accounting.ras import RasError, group_sums, ras, shares_within
from carbonshed.compile.prior import parent_slices


class TotalsNotMetError(ValueError):
    """A region has a total of emissions and nothing that could emit it."""

    def __init__(self, parent: int, region: int | None) -> None:
        super().__init__(f"emission totals of parent {parent} cannot be met")
        self.parent = parent
        self.region = region


@dataclass(frozen=True)
class EmissionFigures:
    """What is known of a stressor in one year; zeros where nothing is.

    Attributes
    ----------
    sectors : ndarray, shape (R, S), not negative
    direct : ndarray, shape (R, C), not negative
    totals : ndarray, shape (R,), not negative
        With direct emissions.
    """

    sectors: np.ndarray
    direct: np.ndarray
    totals: np.ndarray


def regional_emissions(
    figures: EmissionFigures,
    parent: np.ndarray,
    shares: np.ndarray,
    demand: np.ndarray,
    emissions: np.ndarray,
    direct: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return emissions of every region by sector, (R, S), and by category, (R, C).

    The parent's emissions by sector and category are kept. They are shared out like
    output and demand; figures of a sector or category replace its shares; totals of
    regions are met by RAS, as proportions.

    Parameters
    ----------
    parent : ndarray of int, shape (R,)
    shares, demand : ndarray, shape (R, S) and (R, C)
        s and w.
    emissions, direct : ndarray, shape (P, S) and (P, C)
        Of the parent.
    """
    given = np.concatenate([figures.sectors, figures.direct], axis=1)
    usual = np.concatenate([shares, demand], axis=1)
    is_given = group_sums(given, parent) > 0
    usual = np.where(is_given[parent], shares_within(given, parent), usual)
    wanted = np.concatenate([emissions, direct], axis=1)
    found = usual * wanted[parent]
    for number, (first, last) in enumerate(parent_slices(parent)):
        totals = figures.totals[first:last]
        if last - first == 1 or totals.sum() <= 0:
            continue
        if (wanted[number] < 0).any():
            raise TotalsNotMetError(number, None)
        try:
            balanced = ras(found[first:last].T, wanted[number], totals)
        except RasError as error:
            region = first + error.position if error.axis == "column" else None
            raise TotalsNotMetError(number, region) from None
        found[first:last] = balanced.T
    n_sectors = shares.shape[1]
    return found[:, :n_sectors], found[:, n_sectors:]
