"""Output, technical coefficients and direct intensities."""

import numpy as np

from carbonshed.leontief import checks

ZERO_OUTPUT = 1e-9  # relative to the median positive output and the region's largest
OF_DELIVERIES = 1e-6  # share of a row's deliveries, whatever the signs


def gross_output(
    transactions: np.ndarray,
    final_demand: np.ndarray,
    exports: np.ndarray | None = None,
) -> np.ndarray:
    """Output x = Z1 + Y1 + ex.

    Parameters
    ----------
    transactions : ndarray, shape (n, n), currency
        Z: deliveries of the row to the column.
    final_demand : ndarray, shape (n,) or (n, k), currency
        Y: deliveries to final users; columns are added up.
    exports : ndarray, shape (n,), currency, optional
        Deliveries to outside the system.

    Returns
    -------
    ndarray, shape (n,), currency

    References
    ----------
    Miller and Blair (2009), equation 2.1.
    """
    n = checks.square("transactions", transactions)
    final_demand = np.asarray(final_demand, dtype=np.float64)
    if final_demand.ndim == 2:
        final_demand = final_demand.sum(axis=1)
    output = transactions.sum(axis=1) + checks.vector("final_demand", final_demand, n)
    if exports is not None:
        output += checks.vector("exports", exports, n)
    return output


def is_zero_output(
    output: np.ndarray,
    *,
    regions: np.ndarray | None = None,
    deliveries: np.ndarray | None = None,
) -> np.ndarray:
    """Mark the region-sectors whose output counts as zero.

    An output is zero where |x| <= 1e-9 of the median positive output, or of the largest
    output of its region, or 1e-6 of what the row delivers: then it is what rounding has
    left of deliveries that cancel. A negative output beyond that is an output like any
    other. The twin in SQL is models/intermediate/int_sector_output.sql.

    Parameters
    ----------
    output : ndarray, shape (n,), currency
    regions : ndarray of int, shape (n,), optional
        Region of each row, from 0; without them the largest of a region does not count.
    deliveries : ndarray, shape (n,), currency, optional
        Sum of each row of transactions, final demand and exports, all counted as
        positive; without them they do not count.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    output = checks.vector("output", output)
    positive = output[output > 0]
    scale = np.full(len(output), np.median(positive) if positive.size else 0.0)
    if regions is not None:
        largest = np.zeros(int(regions.max(initial=-1)) + 1)
        np.maximum.at(largest, regions, output)
        scale = np.maximum(scale, largest[regions])
    size = ZERO_OUTPUT * scale
    if deliveries is not None:
        deliveries = checks.vector("deliveries", deliveries, len(output))
        size = np.maximum(size, OF_DELIVERIES * deliveries)
    return np.abs(output) <= size


def technical_coefficients(
    transactions: np.ndarray,
    output: np.ndarray,
    *,
    is_zero: np.ndarray | None = None,
    overwrite: bool = False,
) -> np.ndarray:
    """Technical coefficients A = Z / x by column; zero-output columns are 0.

    Parameters
    ----------
    transactions : ndarray, shape (n, n), currency
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,), optional
        Which outputs count as zero; by default those of `is_zero_output`.
    overwrite : bool
        Write A over Z and save the memory of a second matrix.

    Returns
    -------
    ndarray, shape (n, n), input per unit of the column's output

    Raises
    ------
    ValueError
        If the shapes do not fit.

    References
    ----------
    Miller and Blair (2009), equation 2.4.
    """
    n = checks.square("transactions", transactions)
    output = checks.vector("output", output, n)
    coefficients = transactions if overwrite else transactions.copy()
    if is_zero is None:
        is_zero = is_zero_output(output)
    divide_by_output(coefficients, output, is_zero)
    return coefficients


def divide_by_output(
    transactions: np.ndarray, output: np.ndarray, is_zero: np.ndarray
) -> None:
    """Turn some or all rows of Z into rows of A, in place.

    Parameters
    ----------
    transactions : ndarray, shape (b, n), currency
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Columns that become 0.
    """
    transactions /= np.where(is_zero, np.inf, output)


def direct_intensities(emissions: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Direct intensities f = F / x; 0 where the output is zero.

    Parameters
    ----------
    emissions : ndarray, shape (n,) or (n, q), tonnes
        F: emissions of the region-sectors, a column for each stressor.
    output : ndarray, shape (n,), currency

    Returns
    -------
    ndarray, shape of emissions, tonnes per unit of currency

    References
    ----------
    Miller and Blair (2009), section 10.2.
    """
    emissions = np.asarray(emissions, dtype=np.float64)
    output = checks.vector("output", output, emissions.shape[0])
    zero = is_zero_output(output)
    divisor = np.where(zero, 1.0, output)
    intensities = (emissions.T / divisor).T
    intensities[zero] = 0.0
    return intensities
