"""Draws of footprints for every year, stressor and rule, as one long table."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed.uncertainty import draws as drawing

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


def footprint_draws(
    footprints: duckdb.DuckDBPyRelation,
    covariances: duckdb.DuckDBPyRelation,
    settings: duckdb.DuckDBPyRelation,
) -> pa.Table:
    """Draw the ranked regions' footprints, and say what the draws come to.

    Parameters
    ----------
    footprints : year, stressor_id, region_id, consumption_footprint, population
        Of ranked regions.
    covariances : year, stressor_id, uncertainty_rule, region_id, other_region_id,
        covariance
        Of all errors together; a pair that is absent has none.

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
        population = np.array([each or 0 for each in people], dtype=np.float64)
        # the same numbers for every rule: what differs is the rule
        if normal.shape[1] != len(labels):
            generator = np.random.Generator(np.random.PCG64(seed))
            normal = generator.standard_normal((count, len(labels)))
        drawn = drawing.draw_footprints(np.array(amounts), covariance, normal)
        keys = {"year": year, "stressor_id": stressor, "uncertainty_rule": rule}
        found = _rows(drawing.summarise_draws(drawn, population), labels, population)
        rows += [keys | row for row in found]
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
    found: drawing.FootprintDraws, labels: tuple[str, ...], population: np.ndarray
) -> Iterator[Row]:
    with_people = [
        label for label, people in zip(labels, population, strict=True) if people > 0
    ]
    for quantity, ranks, regions in (
        ("footprint_rank", found.ranks, labels),
        ("footprint_per_capita_rank", found.per_capita_ranks, with_people),
    ):
        bounds = [drawing.rank_quantile(ranks, share) for share in SHARES]
        means = ranks.mean(axis=0)
        for k, region in enumerate(regions):
            yield {
                "quantity": quantity,
                "region_id": region,
                "mean": means[k],
                **dict(zip(("p05", "p50", "p95"), (b[k] for b in bounds), strict=True)),
            }
    for region, probability in zip(
        labels, found.probability_super_emitter, strict=True
    ):
        yield {"quantity": "super_emitter", "region_id": region, "mean": probability}
    for quantity, values in (
        ("gini_footprint", found.gini),
        ("top_share", found.top_share),
    ):
        if len(values) and np.isfinite(values).all():
            p05, p50, p95 = np.quantile(values, SHARES)
            yield {
                "quantity": quantity,
                "mean": values.mean(),
                "standard_error": values.std(ddof=1),
                "p05": p05,
                "p50": p50,
                "p95": p95,
            }
