"""Regions: the chains that never leave one, what is sold to each, and exports."""

from itertools import pairwise, starmap

import numpy as np

from carbonshed.leontief import checks
from carbonshed.leontief.row_blocks import (
    ArrayBlocks,
    RowBlocks,
    iter_row_chunks,
    map_blocks,
)
from carbonshed.leontief.system import Leontief


def own_chain_output(
    coefficients: np.ndarray | RowBlocks, regions: np.ndarray, own_demand: np.ndarray
) -> np.ndarray:
    """Output of chains within each region: (I - A_rr)^-1 Y_rr 1.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A of the whole system. No block ends inside a region.
    regions : ndarray of int, shape (n,)
        The region of each region-sector.
    own_demand : ndarray, shape (n,), currency
        Y_rr 1: what each region-sector delivers to final users of its own region.

    Returns
    -------
    ndarray, shape (n,), currency

    Raises
    ------
    ValueError
        If the shapes do not fit, a region is in two blocks, or its I - A is singular.

    References
    ----------
    Miller and Blair (2009), section 3.3: the single-region model inside the
    many-region one; the difference is interregional feedback.
    """
    if isinstance(coefficients, np.ndarray):
        coefficients = ArrayBlocks(coefficients, rows=len(coefficients))
    own_demand = checks.vector("own_demand", own_demand, coefficients.size)
    output = np.empty(coefficients.size)
    seen: set[object] = set()
    for block, own in map_blocks(
        coefficients, own_chains_of_block, regions, own_demand
    ):
        here = set(regions[block])
        if both := seen & here:
            msg = f"region {min(map(str, both))} is in two blocks"
            raise ValueError(msg)
        seen |= here
        output[block] = own
    return output


def own_chains_of_block(
    block: slice, values: np.ndarray, regions: np.ndarray, own_demand: np.ndarray
) -> np.ndarray:
    """Output of chains within each region of some rows of A; see `own_chain_output`.

    Parameters
    ----------
    block : slice
        Rows of whole regions.
    values : ndarray, shape (b, n)
        These rows of A.
    regions : ndarray, shape (n,)
    own_demand : ndarray, shape (n,), currency

    Returns
    -------
    ndarray, shape (b,), currency

    Raises
    ------
    ValueError
        If the I - A of a region is singular.
    """
    output = np.empty(len(values))
    for region in dict.fromkeys(regions[block]):
        rows = np.flatnonzero(regions[block] == region)
        columns = block.start + rows
        # a table of one region is as large as the system: no copy of the copy
        try:
            own = Leontief(values[np.ix_(rows, columns)], overwrite=True)
        except ValueError as error:
            msg = f"region {region}, without the others: {error}"
            raise ValueError(msg) from error
        output[rows] = own.output(own_demand[columns])
    return output


def sales_to_regions(
    coefficients: np.ndarray | RowBlocks, regions: np.ndarray, output: np.ndarray
) -> tuple[list, np.ndarray]:
    """Sales of each region-sector to the producers of each region: A x, by region.

    Parameters
    ----------
    coefficients : ndarray, shape (n, n), or RowBlocks
        A of the whole system.
    regions : ndarray, shape (n,)
        The region of each region-sector; those of a region stand together.
    output : ndarray, shape (n,), currency

    Returns
    -------
    list, length R
        The regions, in their order.
    ndarray, shape (n, R), currency
        Without sales to columns that have no coefficients, zero outputs.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a region is in two places.
    """
    if isinstance(coefficients, np.ndarray):
        coefficients = ArrayBlocks(coefficients, rows=len(coefficients))
    output = checks.vector("output", output, coefficients.size)
    names, edges = _regions(regions)
    sales = np.empty((coefficients.size, len(names)))
    for block, sold in map_blocks(coefficients, sales_of_block, edges, output):
        sales[block] = sold
    return names, sales


def columns_by_region(values: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """Columns with the values of one region at a time, all others 0.

    Solved for like any intensities, those of regions give total intensities by region
    of origin: M_rj = sum_(i in r) f_i L_ij, which add up to m_j.

    Parameters
    ----------
    values : ndarray, shape (n, q)
    regions : ndarray, shape (n,)
        The region of each region-sector; those of a region stand together.

    Returns
    -------
    ndarray, shape (n, q R), Fortran order, unit of the values
        The R regions of the first column, then those of the next.

    Raises
    ------
    ValueError
        If a region is in two places.
    """
    names, edges = _regions(regions)
    size, count = values.shape
    split = np.zeros((size, count * len(names)), order="F")
    for q in range(count):
        for k, rows in enumerate(starmap(slice, pairwise(edges))):
            split[rows, q * len(names) + k] = values[rows, q]
    return split


def of_own_region(columns: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """Return, for each row, the value in the column of its own region.

    Total intensities by region of origin give those that arise in a product's own
    region; output embodied in the exports of each region gives that of its producers.

    Parameters
    ----------
    columns : ndarray, shape (n, R)
        A column for each region, in their order; see `columns_by_region`.
    regions : ndarray, shape (n,)
        The region of each region-sector; those of a region stand together.

    Returns
    -------
    ndarray, shape (n,), unit of the columns

    Raises
    ------
    ValueError
        If a region is in two places.
    """
    _, edges = _regions(regions)
    own = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    return columns[np.arange(len(own)), own]


def kept_output(
    embodied: np.ndarray, regions: np.ndarray, buyers: np.ndarray, nobody: object
) -> np.ndarray:
    """Output for the final users of each producer's own region, and for nobody.

    The rest of its output is for others: users of other regions, and exports.

    Parameters
    ----------
    embodied : ndarray, shape (b, k), currency
        Output of some rows embodied in each column of demand.
    regions : ndarray, shape (b,)
        The region of each row; those of a region stand together.
    buyers : ndarray, shape (k,)
        The region of each column, or another label.
    nobody : object
        The label of deliveries that serve nobody.

    Returns
    -------
    ndarray, shape (b,), currency

    Raises
    ------
    ValueError
        If a region is in two places.
    """
    names, edges = _regions(regions)
    kept = embodied[:, buyers == nobody].sum(axis=1)
    for name, rows in zip(names, starmap(slice, pairwise(edges)), strict=True):
        kept[rows] += embodied[rows][:, buyers == name].sum(axis=1)
    return kept


def _regions(regions: np.ndarray) -> tuple[list, np.ndarray]:
    """Return the regions in their order, and the first row of each, and n."""
    starts = [0, *(np.flatnonzero(regions[1:] != regions[:-1]) + 1)]
    names = [regions[start] for start in starts]
    if len(set(names)) < len(names):
        msg = "the region-sectors of a region do not stand together"
        raise ValueError(msg)
    return names, np.array([*starts, len(regions)])


def sales_of_block(
    rows: slice, values: np.ndarray, edges: np.ndarray, output: np.ndarray
) -> np.ndarray:
    """Sales of some region-sectors to the producers of each region.

    Parameters
    ----------
    rows : slice
    values : ndarray, shape (b, n)
        Rows of A.
    edges : ndarray of int, shape (R + 1,)
        The first row of each region, and n.
    output : ndarray, shape (n,), currency

    Returns
    -------
    ndarray, shape (b, R), currency
    """
    sold = np.empty((len(values), len(edges) - 1))
    for few, coefficients in iter_row_chunks(slice(0, len(values)), values):
        np.add.reduceat(coefficients * output, edges[:-1], axis=1, out=sold[few])
    return sold
