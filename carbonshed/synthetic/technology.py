"""The nation's input-output table, from short lists and published totals."""

from dataclasses import dataclass

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.synthetic.facts import (
    BASE_YEAR,
    CATEGORY_IDS,
    rows,
    sectors,
    targets,
)

# No industry runs on its main inputs alone: at least this part of the
# intermediate inputs is trade margins, transport, credit and the like.
MIN_OVERHEAD = 0.15


@dataclass(frozen=True)
class Nation:
    """The nation before it is spread over cities; money in million CNY."""

    # (n, n): input of i per output of j, imported inputs included
    technology: np.ndarray
    output: np.ndarray  # (n,), gross
    demand: np.ndarray  # (n, 5): final demand by category, imported goods included
    exports: np.ndarray  # (n,), all of home make
    import_share: np.ndarray  # (n,): imported part of every use of good i at home


def listed_inputs() -> np.ndarray:
    """Return the short lists as a matrix, (n, n); zero where no list names an input."""
    position = {sector_id: i for i, sector_id in enumerate(sectors().ids)}
    matrix = np.zeros((len(position), len(position)))
    for row in rows("inputs"):
        i, j = position[row["input_id"]], position[row["sector_id"]]
        matrix[i, j] = float(row["coefficient"])
    return matrix


def prior_technology() -> np.ndarray:
    """Return the short lists, (n, n), filled up with overheads to the input ratio.

    The rest of the list is spread by the overhead weights, so every sector buys
    a little of everything and no cell is zero. Column sums are the input ratios.
    """
    facts = sectors().numbers
    listed = listed_inputs()
    ratio = facts["input_ratio"]
    room = np.maximum(ratio - listed.sum(axis=0), MIN_OVERHEAD * ratio)
    overhead = facts["overhead"] / facts["overhead"].sum()
    matrix = listed + overhead[:, None] * room[None, :]
    return matrix * (ratio / matrix.sum(axis=0))


def balance(
    prior: np.ndarray, row_sums: np.ndarray, column_sums: np.ndarray
) -> np.ndarray:
    """Scale rows and columns alternately until both margins hold (RAS).

    The margins have the same total. The result is the matrix nearest to the prior in
    information that has both. A margin below zero, and a scaling that does not settle,
    are refused.

    References
    ----------
    Stone (1961); Miller and Blair (2009), section 7.4.
    """
    if row_sums.min() < 0 or column_sums.min() < 0:
        worst = int(np.argmin(row_sums))
        raise CarbonshedError(
            "the facts of the synthetic dataset do not fit together: row "
            f"{worst} would deliver {row_sums[worst]:.6g} to industries; "
            "mend its output, exports or final uses in sectors.csv or uses.csv"
        )
    matrix = prior.copy()
    for _ in range(1000):
        sums = matrix.sum(axis=1)
        matrix *= np.divide(row_sums, sums, out=np.zeros_like(sums), where=sums > 0)[
            :, None
        ]
        matrix *= column_sums / matrix.sum(axis=0)
        if np.abs(matrix.sum(axis=1) - row_sums).max() <= 1e-12 * row_sums.max():
            return matrix
    raise CarbonshedError(
        "the facts of the synthetic dataset do not fit together: its technology "
        "cannot be balanced in 1,000 rounds"
    )


def build_nation(year: int = BASE_YEAR) -> Nation:
    """Return the national table: every published total holds, supply equals use.

    Output by sector, import and export shares and the make-up of demand are
    rough facts of the base year, scaled to the published totals of `year`. Purchases of
    each good by industries are the rest of its supply; RAS fits the technology to that.
    """
    facts, total = sectors().numbers, targets(year)
    demand = _demand(total)
    output = _output(demand, year)
    exports = facts["export_share"] * output
    exports *= total["exports"] / exports.sum()
    share = facts["import_share"]
    imports = share / (1.0 - share) * (output - exports)
    imports *= total["imports"] / imports.sum()
    use = output - exports + imports
    inputs = facts["input_ratio"] * output
    inputs *= (total["output"] - total["value_added"]) / inputs.sum()
    flows = balance(prior_technology() * output, use - demand.sum(axis=1), inputs)
    return Nation(flows / output, output, demand, exports, imports / use)


def _output(demand: np.ndarray, year: int) -> np.ndarray:
    """Return gross output by sector, with the published total.

    In the base year its make-up is a fact; in others it is what their demand calls
    for with the technology of the base year: a nation that buys more government has
    more of it.
    """
    facts, total = sectors().numbers["output"], targets(year)
    if year == BASE_YEAR:
        return facts * (total["output"] / facts.sum())
    base = build_nation()
    exports = base.exports * (total["exports"] / base.exports.sum())
    inputs = 1.0 - total["value_added"] / total["output"]
    weights = base.output / base.output.sum()
    technology = base.technology * (inputs / (base.technology @ weights).sum())
    home = 1.0 - base.import_share
    output = np.linalg.solve(
        np.eye(len(home)) - home[:, None] * technology,
        home * demand.sum(axis=1) + exports,
    )
    return output * (total["output"] / output.sum())


def _demand(totals: dict[str, float]) -> np.ndarray:
    shares = np.array([[float(row[c]) for c in CATEGORY_IDS] for row in rows("uses")])
    total = np.array([totals[c] for c in CATEGORY_IDS])
    return shares * (total / shares.sum(axis=0))
