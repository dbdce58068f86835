"""The solve of one year: in memory at once, or in sweeps over a file."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from carbonshed import leontief
from carbonshed.errors import CarbonshedError
from carbonshed.solve.relations import Demand

# relative; sums of the same cells in another order are far nearer
ROW_SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Solved:
    """What one factorisation, or the sweeps in its place, yield.

    Attributes
    ----------
    demand : Demand
        Values are output embodied in the demand, shape (n, k), currency.
    total_intensities : ndarray, shape (n, q), unit of the stressor per currency
    own_chain_output : ndarray, shape (n,), currency
    regions : list of str, length R
    sales_to_regions : ndarray, shape (n, R), currency
        What each region-sector sells to the producers of each region.
    relative_residual : float
    """

    demand: Demand
    total_intensities: np.ndarray
    own_chain_output: np.ndarray
    regions: list[str]
    sales_to_regions: np.ndarray
    relative_residual: float


def solve_in_memory(
    transactions: np.ndarray,
    output: np.ndarray,
    is_zero: np.ndarray,
    demand: Demand,
    producers: np.ndarray,
    intensities: np.ndarray,
    *,
    tolerance: float,
    progress: Callable[[str], None],
) -> Solved:
    """One factorisation of I - A for every demand and every intensity of a year.

    Parameters
    ----------
    transactions : ndarray, shape (n, n), currency
        Overwritten.
    output : ndarray, shape (n,), currency
    is_zero : ndarray of bool, shape (n,)
        Which outputs count as zero.
    demand : Demand
        k columns; its values are overwritten by the output embodied in them.
    producers : ndarray of str, shape (n,)
        The region of each region-sector.
    intensities : ndarray, shape (n, q), unit of the stressor per currency
    tolerance : float
        Largest relative residual accepted.
    progress : callable
        Called with a line on how far the solve is.

    Returns
    -------
    Solved

    Raises
    ------
    UnproductiveSystemError, ResidualError, CarbonshedError
        If the system has no meaningful solution, it was not found, or output is not
        what the cells add up to.
    """
    coefficients = leontief.technical_coefficients(
        transactions, output, is_zero=is_zero, overwrite=True
    )
    leontief.require_productive(coefficients)
    own_chains = leontief.own_chain_output(coefficients, producers, demand.own)
    regions, sales = leontief.sales_to_regions(coefficients, producers, output)
    expected = _expected(coefficients, output, demand, intensities)

    progress("factorising I - A")
    system = leontief.Leontief(coefficients, overwrite=True)
    embodied = system.output(
        demand.values,
        overwrite=True,
        progress=lambda done, all_: progress(f"solved {done:,} of {all_:,} demands"),
    )
    totals = system.total_intensity(intensities)
    residual = _residual(expected, demand, embodied, totals, tolerance)
    progress(f"relative residual {residual:.1e}")
    demand = replace(demand, values=embodied)
    return Solved(demand, totals, own_chains, regions, sales, residual)


def solve_streamed(
    coefficients: leontief.RowBlocks,
    output: np.ndarray,
    demand: Demand,
    producers: np.ndarray,
    intensities: np.ndarray,
    *,
    columns: int,
    tolerance: float,
    progress: Callable[[str], None],
) -> Solved:
    """Solve for every demand and every intensity without the matrix in memory.

    Parameters
    ----------
    coefficients : RowBlocks
        A, shape (n, n).
    output, demand, producers, intensities, tolerance, progress
        As for `solve_in_memory`.
    columns : int
        Demands solved at a time; each time reads the matrix fifteen times.

    Returns
    -------
    Solved

    Raises
    ------
    UnproductiveSystemError, IterationError, ResidualError, CarbonshedError
        If the system has no meaningful solution, it was not found, or output is not
        what the cells add up to.
    """
    # far enough for a residual of this size in every row to pass the check
    target = tolerance / max(100.0, 4.0 * coefficients.size**0.5)
    progress("spectral radius")
    leontief.require_productive(coefficients)
    own_chains = leontief.own_chain_output(coefficients, producers, demand.own)
    regions, sales = leontief.sales_to_regions(coefficients, producers, output)
    expected = _expected(coefficients, output, demand, intensities)
    progress("total intensities")
    totals = leontief.iterate_total_intensity(
        coefficients, intensities, tolerance=target
    )
    values = demand.values
    for start in range(0, values.shape[1], columns):
        part = slice(start, min(start + columns, values.shape[1]))
        name = f"demands {part.start + 1:,} to {part.stop:,} of {values.shape[1]:,}"
        values[:, part] = leontief.iterate_output(
            coefficients,
            values[:, part],
            tolerance=target,
            progress=lambda sweep, residual, name=name: progress(
                f"{name}: sweep {sweep}, residual {residual:.1e}"
            ),
        )
    residual = _residual(expected, demand, values, totals, tolerance)
    progress(f"relative residual {residual:.1e}")
    return Solved(demand, totals, own_chains, regions, sales, residual)


def _expected(
    coefficients: np.ndarray | leontief.RowBlocks,
    output: np.ndarray,
    demand: Demand,
    intensities: np.ndarray,
) -> tuple[leontief.ExpectedCombinations, leontief.ExpectedCombinations]:
    """Return what output and total intensities are held against when A is gone."""
    probe = leontief.ResidualProbe(coefficients)
    require_sums(probe, output, demand.total)
    return (
        probe.expect(demand.values),
        leontief.ResidualProbe(coefficients, transposed=True).expect(intensities),
    )


def require_sums(
    probe: leontief.ResidualProbe, output: np.ndarray, total: np.ndarray
) -> None:
    """Refuse an output that is not what these cells add up to: x = A x + Y 1."""
    try:
        probe.expect(total).check_residual(output, tolerance=ROW_SUM_TOLERANCE)
    except leontief.ResidualError as failure:
        raise CarbonshedError(
            "output is not the sum of what is delivered: transactions or final demand"
            " have changed since they were audited; ingest the dataset again"
        ) from failure


def _residual(
    expected: tuple[leontief.ExpectedCombinations, leontief.ExpectedCombinations],
    demand: Demand,
    output: np.ndarray,
    totals: np.ndarray,
    tolerance: float,
) -> float:
    """Return the larger residual of output and of total intensities."""
    of_output, of_totals = expected
    labels = zip(demand.regions, demand.categories, strict=True)
    names = [f"{region} / {category}" for region, category in labels]
    return max(
        of_output.check_residual(output, tolerance=tolerance, names=names),
        of_totals.check_residual(totals, tolerance=tolerance),
    )
