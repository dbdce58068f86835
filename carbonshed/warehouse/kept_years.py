"""Years that a build need not make again: their rows stay where they are.

A build begins with a copy of the warehouse if the same code made it. Then the long
tables keep the years that have not changed, `embodied_output` being what decides, and
everything else is dropped and made again. See `int_changed_years`.
"""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

import carbonshed
from carbonshed.paths import data_dir, project_root

# the tables that are materialised as `incremental`
LONG_TABLES = {
    ("solved", "embodied_output"),
    ("intermediate", "int_embodied_emissions"),
    ("marts", "footprint_by_origin_sector"),
    ("marts", "footprint_by_product"),
    ("marts", "embodied_flows"),
}
# how the years were solved that a build begins with; empty if it begins anew
BEFORE = "main.solves_before"
# each finds a row if the dataset does not fit to what would be kept
_OBSTACLES = (
    """
    with
    before as (select region_sector_id, region_id, sector_id
        from intermediate.int_sector_output),
    now as (select region_sector_id, region_id, sector_id
        from read_parquet($dataset || '/region_sectors.parquet'))
    (from before except from now) union all (from now except from before)
    """,
    """
    with now as (select distinct year
        from read_parquet($dataset || '/transactions.parquet'))
    from solved.solves anti join now using (year)
    """,
    """
    with
    now as (select distinct region_id, category_id
        from read_parquet($dataset || '/final_demand.parquet')),
    before as (select region_id, category_id from solved.embodied_output limit 1),
    regions as (select unnest(enum_range(region_id)) as region_id from before),
    categories as (select unnest(enum_range(category_id)) as category_id from before)
    from now anti join regions using (region_id)
    union all
    from now anti join categories using (category_id)
    """,
)
_CODE = ("dbt_project.yml", "models", "python_models", "macros")
_MADE_WITH = ("dbt-core", "dbt-duckdb", "duckdb", "numpy", "scipy")


@cache
def code_digest() -> str:
    """Return a digest of all that turns a dataset into a warehouse."""
    package = Path(carbonshed.__file__).parent
    files = [path for name in _CODE for path in _files(project_root() / name)]
    digest = hashlib.sha256(
        " ".join(f"{name} {version(name)}" for name in _MADE_WITH).encode()
    )
    for path in [*files, *sorted(package.rglob("*.py"))]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def can_keep(warehouse: Path) -> bool:
    """Return whether a build may begin with the long tables of a warehouse.

    It may if the same code made them, the region-sectors are the same, no year is gone
    from the dataset, and the columns that are ENUMs know all labels of the dataset.
    """
    dataset = data_dir() / warehouse.stem
    try:
        with duckdb.connect(warehouse, read_only=True) as connection:
            made = connection.execute(
                "select code_digest from main.last_build"
            ).fetchone()
            return made == (code_digest(),) and not any(
                connection.execute(question, {"dataset": str(dataset)}).fetchone()
                for question in _OBSTACLES
            )
    except duckdb.Error:  # no warehouse, or one from before; no dataset yet
        return False


def keep_long_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop all but the long tables, and note how their years were solved."""
    connection.execute(
        f"create or replace table {BEFORE} as"
        " select year, fingerprint, solved_at from solved.solves"
    )
    kept = LONG_TABLES | {tuple(BEFORE.split("."))}
    entries = connection.execute(
        "select 'view', schema_name, view_name from duckdb_views()"
        " where database_name = current_database() and not internal"
        " union all select 'table', schema_name, table_name from duckdb_tables()"
        " where database_name = current_database()"
    ).fetchall()
    for kind, schema, name in entries:
        if (schema, name) not in kept:
            connection.execute(f'drop {kind} "{schema}"."{name}"')
    connection.execute("checkpoint")  # what comes next takes the place of the dropped


def keep_none(connection: duckdb.DuckDBPyConnection) -> None:
    """Note that no year is kept: every table is made whole."""
    connection.execute(
        f"create or replace table {BEFORE}"
        " (year integer, fingerprint varchar, solved_at timestamp)"
    )


def _files(place: Path) -> list[Path]:
    found = [place] if place.is_file() else place.rglob("*")
    return sorted(path for path in found if path.is_file())
