"""Figures of the variants of a compiled table, from their publications."""

import pyarrow as pa

from carbonshed.ask.query import open_marts_first, published_path
from carbonshed.dataset import Dataset, open_dataset
from carbonshed.dataset.contract import COMPILE_VARIANTS
from carbonshed.errors import CarbonshedError
from carbonshed.text import sql_text

VARIANT_FIGURES = pa.schema(
    [
        ("variant", pa.string()),
        ("year", pa.int32()),
        ("stressor_id", pa.string()),
        ("region_id", pa.string()),
        ("consumption_footprint", pa.float64()),
        ("footprint_rank", pa.int32()),
        ("footprint_per_capita_rank", pa.int32()),
        ("super_emitter_rules", pa.list_(pa.string())),
    ]
)
_FIGURES = """
    with chosen as (
        select
            year, stressor_id, region_id,
            list(rule_id order by rule_id) filter (where is_selected) as rules
        from super_emitters group by all
    )
    select
        {variant} as variant, year, stressor_id, region_id,
        accounts.consumption_footprint, footprint_rank, footprint_per_capita_rank,
        chosen.rules as super_emitter_rules
    from regional_accounts as accounts
    left join footprint_rankings using (year, stressor_id, region_id)
    left join chosen using (year, stressor_id, region_id)
"""


def variant_figures(name: str) -> pa.Table:
    """Return footprints, ranks and super-emitters of the variants of a dataset.

    One row per variant, year, stressor and region, as `VARIANT_FIGURES`; none unless
    every variant is published as it was last compiled, from the same statistics and
    parent as the dataset itself.
    """
    dataset = open_dataset(name)
    parts = []
    for variant, factor in COMPILE_VARIANTS.items():
        if not (rows := _published_rows(dataset, variant, factor)):
            return VARIANT_FIGURES.empty_table()
        parts.append(rows)
    return pa.concat_tables(parts)


def _published_rows(dataset: Dataset, variant: str, factor: float) -> pa.Table | None:
    """Return the publication of a variant; None if none belongs to the dataset."""
    name = f"{dataset.name}-{variant}"
    origin = _origin(dataset)
    try:
        twin = open_dataset(name)
        if not origin or _origin(twin) != origin or _delta_factor(twin) != factor:
            return None
        connection = open_marts_first(published_path(name))
    except CarbonshedError:  # not compiled, not built, or of another version
        return None
    with connection:
        row = connection.sql("select dataset_id from dataset").fetchone()
        if row != (twin.dataset_id,):
            return None
        rows = connection.sql(_FIGURES.format(variant=sql_text(variant)))
        return rows.to_arrow_table().cast(VARIANT_FIGURES)


def _origin(dataset: Dataset) -> dict[str, object]:
    """Return parent and parameters of a compiled dataset; empty for any other."""
    compiled = dataset.descriptor.get("mrio", {}).get("compiled") or {}
    return {
        key: compiled.get(key)
        for key in ("parent_dataset_id", "files", "version")
        if compiled
    }


def _delta_factor(dataset: Dataset) -> float:
    parameters = dataset.descriptor["mrio"]["compiled"]["parameters"]
    return parameters["own_region_delta_factor"]
