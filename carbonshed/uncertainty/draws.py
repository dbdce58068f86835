"""Draws of footprints, and their ranks and inequality."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

SHARE_FROM, SHARE_OF = 32, 309  # super-emitters of the study's cities
FOOTPRINT_DRAWS = pa.schema(
    [
        ("year", pa.int32()),
        ("stressor_id", pa.string()),
        ("uncertainty_rule", pa.string()),
        ("quantity", pa.string()),
        ("region_id", pa.string()),
        ("mean", pa.float64()),
        ("standard_error", pa.float64()),
        ("p05", pa.float64()),
        ("p50", pa.float64()),
        ("p95", pa.float64()),
    ]
)
SHARES = (0.05, 0.5, 0.95)
Row = dict[str, object]


def draw_footprints(
    footprints: np.ndarray, covariance: np.ndarray, normal: np.ndarray
) -> np.ndarray:
    """Return joint draws of R footprints, shape (draws, R).

    They are lognormal where all footprints are positive, C exp(g - Q_rr / 2) with g
    normal of covariance Q_rs = Cov_rs / (C_r C_s); else normal. `normal` has
    independent standard normal numbers, shape (draws, R).
    """
    is_positive = bool((footprints > 0).all())
    scale = footprints if is_positive else np.ones_like(footprints)
    relative = covariance / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(relative)
    # eigenvalues are below 0 by rounding only
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    errors = normal @ root.T
    if not is_positive:
        return footprints + errors
    return footprints * np.exp(errors - np.diag(relative) / 2)


def ranks_of(amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return competition ranks from 1, and the order of regions, largest first.

    All have the shape (draws, R); ties stay as they are.
    """
    order = np.argsort(-amounts, axis=1, kind="stable")
    falling = np.take_along_axis(amounts, order, axis=1)
    is_next = np.ones(falling.shape, dtype=bool)
    is_next[:, 1:] = falling[:, 1:] != falling[:, :-1]
    positions = np.where(is_next, np.arange(amounts.shape[1]), 0)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.maximum.accumulate(positions, axis=1) + 1, 1)
    return ranks, order


def rank_quantile(ranks: np.ndarray, share: float) -> np.ndarray:
    """Return the rank at position ceil(share x draws) of the sorted ranks."""
    # a product such as 0.95 x 10000 may lie a rounding above the whole number
    position = int(np.ceil(round(share * len(ranks), 9)))
    return np.partition(ranks, position - 1, axis=0)[position - 1]


def gini(amounts: np.ndarray, population: np.ndarray) -> np.ndarray:
    """Return the Gini index between regions, all with people, of each draw.

    docs/methods.md, Inequality: 1 - sum_k p_k (Q_k + Q_(k-1)).
    """
    order = np.argsort(amounts / population, axis=1, kind="stable")
    people = population[order] / population.sum()
    parts = np.take_along_axis(amounts, order, axis=1)
    parts = _shares(parts, parts.sum(axis=1, keepdims=True))
    cumulative = np.cumsum(parts, axis=1)
    return 1.0 - (people * (2 * cumulative - parts)).sum(axis=1)


def top_count(regions: int) -> int:
    """Return the number of regions that count as the largest: 32 of 309, rounded up."""
    return -(-SHARE_FROM * regions // SHARE_OF)


@dataclass(frozen=True)
class FootprintDraws:
    """The results of draws of footprints."""

    ranks: np.ndarray  # shape (draws, R)
    per_capita_ranks: np.ndarray  # shape (draws, P), among the regions with people
    probability_super_emitter: np.ndarray  # shape (R,)
    gini: np.ndarray  # shape (draws,): empty if a region has no people
    top_share: np.ndarray  # shape (draws,)


def summarise_draws(amounts: np.ndarray, population: np.ndarray) -> FootprintDraws:
    """Return ranks, probabilities of super-emitters, and inequality of the draws.

    Regions are in the order that settles ties; population is 0 or NaN where there is
    none.
    """
    ranks, order = ranks_of(amounts)
    largest = order[:, : top_count(amounts.shape[1])]
    counts = np.bincount(largest.reshape(-1), minlength=amounts.shape[1])
    has_people = population > 0
    per_capita, _ = ranks_of(amounts[:, has_people] / population[has_people])
    whole = has_people.all()
    top = np.take_along_axis(amounts, largest, axis=1).sum(axis=1)
    return FootprintDraws(
        ranks,
        per_capita,
        counts / len(amounts),
        gini(amounts, population) if whole else np.empty(0),
        _shares(top, amounts.sum(axis=1)),
    )


def _shares(parts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return parts of totals; NaN where there is nothing to share."""
    shares = np.full(parts.shape, np.nan)
    return np.divide(parts, totals, out=shares, where=totals != 0)


def footprint_draws(
    footprints: duckdb.DuckDBPyRelation,
    covariances: duckdb.DuckDBPyRelation,
    settings: duckdb.DuckDBPyRelation,
) -> pa.Table:
    """Draw the ranked regions' footprints, and summarise the draws.

    Parameters
    ----------
    footprints : year, stressor_id, region_id, consumption_footprint, population
        Footprints and population of ranked regions.
    covariances : year, stressor_id, uncertainty_rule, region_id, other_region_id,
        covariance
        Covariances of all errors together; a pair that is absent has none.

    Returns
    -------
    pyarrow.Table
        One row per year, stressor, rule, quantity and, for ranks and super-emitters,
        region.
    """
    chosen = dict(settings.project("setting_id, value::bigint").fetchall())
    count, seed = chosen["draws"], chosen["seed"]
    regions: dict[tuple, list[tuple]] = {}
    for year, stressor, *row in footprints.project(
        "year, stressor_id, region_id, consumption_footprint, population"
    ).fetchall():
        regions.setdefault((year, stressor), []).append(tuple(row))
    rows: list[Row] = []
    pairs = covariances.project(
        "year, stressor_id, uncertainty_rule, region_id, other_region_id, covariance"
    )
    normal = np.empty((count, 0))
    for (year, stressor, rule), covariance in _matrices(pairs, regions):
        labels, amounts, people = zip(*sorted(regions[year, stressor]), strict=True)
        population = np.array([number or 0 for number in people], dtype=np.float64)
        # every rule gets the same random numbers, so that rules can be compared
        if normal.shape[1] != len(labels):
            generator = np.random.Generator(np.random.PCG64(seed))
            normal = generator.standard_normal((count, len(labels)))
        drawn = draw_footprints(np.array(amounts), covariance, normal)
        keys = {"year": year, "stressor_id": stressor, "uncertainty_rule": rule}
        summary_rows = _rows(summarise_draws(drawn, population), labels, population)
        rows += [keys | row for row in summary_rows]
    return pa.Table.from_pylist(rows, FOOTPRINT_DRAWS)


def _matrices(
    pairs: duckdb.DuckDBPyRelation, regions: dict[tuple, list[tuple]]
) -> Iterator[tuple[tuple, np.ndarray]]:
    """Yield keys and covariance of the ranked regions, in code-point order."""
    table = pairs.to_arrow_table()
    columns = {name: table[name].to_pylist() for name in table.column_names[:-1]}
    amounts = table["covariance"].to_pylist()
    of_key: dict[tuple, list[tuple]] = {}
    for *key, one, other, amount in zip(*columns.values(), amounts, strict=True):
        of_key.setdefault(tuple(key), []).append((one, other, amount))
    for key in sorted(of_key):
        ranked = sorted(region for region, *_ in regions.get(key[:2], []))
        if not ranked:
            continue
        position = {region: k for k, region in enumerate(ranked)}
        matrix = np.zeros((len(ranked),) * 2)
        for one, other, amount in of_key[key]:
            if one in position and other in position:
                matrix[position[one], position[other]] = amount
        yield key, matrix


def _rows(
    summary: FootprintDraws, labels: tuple[str, ...], population: np.ndarray
) -> Iterator[Row]:
    with_people = [
        label for label, people in zip(labels, population, strict=True) if people > 0
    ]
    for quantity, ranks, regions in (
        ("footprint_rank", summary.ranks, labels),
        ("footprint_per_capita_rank", summary.per_capita_ranks, with_people),
    ):
        bounds = [rank_quantile(ranks, share) for share in SHARES]
        means = ranks.mean(axis=0)
        for k, region in enumerate(regions):
            yield {
                "quantity": quantity,
                "region_id": region,
                "mean": means[k],
                **dict(zip(("p05", "p50", "p95"), (b[k] for b in bounds), strict=True)),
            }
    for region, probability in zip(
        labels, summary.probability_super_emitter, strict=True
    ):
        yield {"quantity": "super_emitter", "region_id": region, "mean": probability}
    for quantity, values in (
        ("gini_footprint", summary.gini),
        ("top_share", summary.top_share),
    ):
        if len(values) and np.isfinite(values).all():
            yield {"quantity": quantity, **_distribution(values)}


def _distribution(values: np.ndarray) -> Row:
    """Return mean, standard error and quantiles of draws."""
    p05, p50, p95 = np.quantile(values, SHARES)
    return {
        "mean": values.mean(),
        "standard_error": values.std(ddof=1),
        "p05": p05,
        "p50": p50,
        "p95": p95,
    }
