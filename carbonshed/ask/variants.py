"""Figures of the variants of a compiled table, from their publications."""

from typing import NamedTuple

import pyarrow as pa

from carbonshed.ask.query import open_marts_first, published_path
from carbonshed.dataset import Dataset, open_dataset
from carbonshed.dataset.contract import COMPILE_VARIANTS
from carbonshed.errors import CarbonshedError
from carbonshed.text import sql_text


class Figures(NamedTuple):
    """What is asked of the marts of every variant, and the columns of the answer."""

    mart: str  # without which a variant has none
    schema: pa.Schema
    sql: str


_KEY = (
    ("variant", pa.string()),
    ("year", pa.int32()),
    ("stressor_id", pa.string()),
)
VARIANT_FIGURES = Figures(
    "regional_accounts",
    pa.schema(
        [
            *_KEY,
            ("region_id", pa.string()),
            ("consumption_footprint", pa.float64()),
            ("footprint_rank", pa.int32()),
            ("footprint_per_capita_rank", pa.int32()),
            ("super_emitter_rules", pa.list_(pa.string())),
            ("production_emissions", pa.float64()),
            ("inflow_emissions", pa.float64()),
            ("outflow_emissions", pa.float64()),
            ("main_supplier_region_id", pa.string()),
            ("main_supplier_emissions", pa.float64()),
            ("largest_inflow", pa.float64()),
        ]
    ),
    """
    with chosen as (
        select
            year, stressor_id, region_id,
            list(rule_id order by rule_id) filter (where is_selected)
                as super_emitter_rules
        from super_emitters group by all
    ),
    suppliers as (
        select
            year, stressor_id, destination_region_id as region_id,
            min_by(origin_region_id, row(-gross_flow, origin_region_id))
                filter (where is_ranked) as main_supplier_region_id,
            max(gross_flow) filter (where is_ranked) as main_supplier_emissions,
            max(gross_flow) as largest_inflow
        from leakage_flows
        join regions on origin_region_id = regions.region_id
        where gross_flow > 0
        group by all
    )
    select
        accounts.*, footprint_rank, footprint_per_capita_rank, super_emitter_rules,
        main_supplier_region_id, main_supplier_emissions, largest_inflow
    from regional_accounts as accounts
    left join footprint_rankings using (year, stressor_id, region_id)
    left join chosen using (year, stressor_id, region_id)
    left join suppliers using (year, stressor_id, region_id)
    """,
)
VARIANT_HEADLINES = Figures(
    "headline_uncertainty",
    pa.schema([*_KEY, ("quantity", pa.string()), ("value", pa.float64())]),
    "from headline_uncertainty",
)
VARIANT_FINDINGS = Figures(
    "findings",
    pa.schema(
        [
            *_KEY,
            ("finding_id", pa.string()),
            ("claim", pa.string()),
            ("subject_ids", pa.list_(pa.string())),
            ("value", pa.float64()),
        ]
    ),
    "from findings",
)


def of_variants(name: str, figures: Figures) -> pa.Table:
    """Return figures of all variants of a dataset.

    There are none unless every variant is published as it was last compiled, from the
    same statistics and parent as the dataset itself.
    """
    dataset = open_dataset(name)
    parts = []
    for variant, factors in COMPILE_VARIANTS.items():
        rows = _published_rows(dataset, variant, factors, figures)
        if rows is None:
            return figures.schema.empty_table()
        parts.append(rows)
    return pa.concat_tables(parts)


def _published_rows(
    dataset: Dataset, variant: str, factors: dict[str, float], figures: Figures
) -> pa.Table | None:
    """Return the publication of a variant; None if none belongs to the dataset."""
    name = f"{dataset.name}-{variant}"
    origin = _origin(dataset)
    try:
        twin = open_dataset(name)
        if not origin or _origin(twin) != origin or _factors(twin) != factors:
            return None
        connection = open_marts_first(published_path(name))
    except CarbonshedError:  # not compiled, not built, or of another version
        return None
    with connection:
        row = connection.sql("select dataset_id from dataset").fetchone()
        if row != (twin.dataset_id,):
            return None
        if not connection.sql(
            f"from duckdb_tables() where table_name = {sql_text(figures.mart)}"
        ):
            return figures.schema.empty_table()
        rows = connection.sql(figures.sql).to_arrow_table()
    variants = pa.array([variant] * len(rows), pa.string())
    rows = rows.append_column("variant", variants)
    return rows.select(figures.schema.names).cast(figures.schema)


def _origin(dataset: Dataset) -> dict[str, object]:
    """Return parent and parameters of a compiled dataset; empty for any other."""
    compiled = dataset.descriptor.get("mrio", {}).get("compiled") or {}
    return {
        key: compiled.get(key)
        for key in ("parent_dataset_id", "files", "version")
        if compiled
    }


def _factors(dataset: Dataset) -> dict[str, float] | None:
    return dataset.descriptor["mrio"]["compiled"]["parameters"].get("factors")
