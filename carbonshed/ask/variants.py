"""Figures of the variants of a compiled table, from their publications."""

from typing import NamedTuple

import pyarrow as pa

from carbonshed.ask.query import open_marts_first, published_path
from carbonshed.dataset import Dataset, open_dataset
from carbonshed.dataset.contract import COMPILE_VARIANTS
from carbonshed.errors import CarbonshedError


class Figures(NamedTuple):
    """What is asked of the marts of every variant, and the columns of the answer."""

    schema: pa.Schema
    sql: str


_KEY = (
    ("variant", pa.string()),
    ("year", pa.int32()),
    ("stressor_id", pa.string()),
)
_AMOUNTS = (
    "production_emissions",
    "consumption_footprint",
    "footprint_per_capita",
    "outflow_emissions",
    "inflow_emissions",
    "net_transfer",
    "household_burden_share",
)
VARIANT_FIGURES = Figures(
    pa.schema(
        [
            *_KEY,
            ("region_id", pa.string()),
            *((name, pa.float64()) for name in _AMOUNTS),
            ("footprint_rank", pa.int32()),
            ("footprint_per_capita_rank", pa.int32()),
            ("super_emitter_rules", pa.list_(pa.string())),
            ("is_ranked", pa.bool_()),
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
    burdens as (
        from carbon_price_burden
        semi join default_price using (year, stressor_id, price_id)
    )
    select
        accounts.*, household_burden_share, footprint_rank,
        footprint_per_capita_rank, super_emitter_rules
    from regional_accounts as accounts
    left join footprint_rankings using (year, stressor_id, region_id)
    left join chosen using (year, stressor_id, region_id)
    left join burdens using (year, stressor_id, region_id)
    """,
)
VARIANT_TOTALS = Figures(
    pa.schema(
        [
            *_KEY,
            ("figure", pa.string()),
            ("origin_region_id", pa.string()),
            ("destination_region_id", pa.string()),
            ("value", pa.float64()),
        ]
    ),
    """
    with indices as (
        unpivot (from inequality_indices)
        on gini, theil_t, bottom50_share, top10_share
        into name index value value
    ),
    shares as (
        unpivot (from leakage_summary)
        on interregional_share, poor_to_rich_share, net_poor_to_rich_share,
            supply_chain_share
        into name figure value value
    ),
    burdens as (
        unpivot (from default_price)
        on household_kakwani_index, poorest_fifth_household_share,
            richest_fifth_household_share
        into name figure value value
    ),
    ranked as (
        select region_id from regions where is_ranked
    ),
    flows as (
        from leakage_flows
        semi join ranked on origin_region_id = region_id
        semi join ranked on destination_region_id = region_id
        qualify row_number() over (
            partition by year, stressor_id
            order by gross_flow desc, origin_region_id, destination_region_id
        ) <= 10
    )
    select year, stressor_id, index || '_' || measure as figure, value from indices
    union all by name select year, stressor_id, figure, value from shares
    union all by name select year, stressor_id, figure, value from burdens
    union all by name select
        year, stressor_id, 'gross_flow' as figure,
        origin_region_id, destination_region_id, gross_flow as value
    from flows
    """,
)
# marts on prices, which a variant lacks that was built without analyses
_NO_PRICES = """
    create temp table carbon_price_burden (
        year integer, stressor_id varchar, price_id varchar, region_id varchar,
        household_burden_share double
    );
    create temp table carbon_price_summary (
        year integer, stressor_id varchar, price_id varchar, is_default boolean,
        household_kakwani_index double, poorest_fifth_household_share double,
        richest_fifth_household_share double
    )
"""
_DEFAULT_PRICE = """
    create temp view default_price as from carbon_price_summary where is_default
"""


def of_variants(name: str, figures: Figures) -> pa.Table:
    """Return figures of all variants of a dataset.

    There are none unless every variant is published as it was last compiled, from the
    same statistics and parent as the dataset itself.
    """
    dataset = open_dataset(name)
    parts = []
    for variant, factors in COMPILE_VARIANTS.items():
        if not (rows := _published_rows(dataset, variant, factors, figures)):
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
        marts = connection.sql("select table_name from duckdb_tables()").fetchall()
        if ("carbon_price_summary",) not in marts:
            connection.execute(_NO_PRICES)
        connection.execute(_DEFAULT_PRICE)
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
