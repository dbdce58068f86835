"""Copies of the project, and of a dataset with its warehouse under a second name."""

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.checksums import LIST, write_checksums

CHECKOUT = Path(__file__).resolve().parents[2]
# what dbt reads; data and warehouse are then made beside it
PARTS = (
    "dbt_project.yml",
    "profiles.yml",
    "selectors.yml",
    "models",
    "python_models",
    "macros",
    "seeds",
    "analyses",
    "tests/data",
)


def copy_project(root: Path, parts: tuple[str, ...] = PARTS) -> None:
    """Copy parts of the project into a folder of its own."""
    for part in parts:
        source, target = CHECKOUT / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.is_file():
            shutil.copy(source, target)


def copy_dataset(root: Path, earlier: str, name: str, *, is_solved: bool) -> Path:
    """Copy a dataset of a project and its warehouse, and return the copy of that.

    Its solved tables are copied, or else those of the earlier are read.
    """
    shutil.copytree(root / "data" / earlier, root / "data" / name)
    _rename_dataset(root / "data" / name, name)
    folder = root / "warehouse"
    warehouse = folder / f"{name}.duckdb"
    shutil.copy(folder / f"{earlier}.duckdb", warehouse)
    place, own = (f"warehouse/solved/{each}/" for each in (earlier, name))
    solved = {place: own} if is_solved else {}
    for one, other in solved.items():
        shutil.copytree(root / one, root / other)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"set file_search_path = '{root}'")
        connection.execute(
            "update main.nodes set code = replace(code, ?, ?)",
            [f'"{earlier}".', f'"{name}".'],
        )
        # what is published says whose it is
        connection.execute("update marts.dataset set name = ?", [name])
        for change in solved.items():
            connection.execute(
                "update solved.solves set folder = replace(folder, ?, ?)", change
            )
        _rename_views(connection, {f'"{earlier}".': ""} | solved)
    return warehouse


def _rename_dataset(folder: Path, name: str) -> None:
    """Let a copied dataset say its own name, as what is published of it will."""
    path, sums = folder / "dataset.parquet", folder / LIST
    table = pq.read_table(path)
    place = table.schema.get_field_index("name")
    column = pa.array([name], table.schema.field(place).type)
    pq.write_table(table.set_column(place, table.schema.field(place), column), path)
    listed = [line.split("  ", 1)[1] for line in sums.read_text("utf-8").splitlines()]
    write_checksums([folder / each for each in listed], sums)


def _rename_views(
    connection: duckdb.DuckDBPyConnection, renamed: dict[str, str]
) -> None:
    """Make the views of a copied file read the copy; DuckDB keeps the old name."""
    views = connection.sql("select sql from duckdb_views() where not internal")
    left = [sql for (sql,) in views.fetchall()]
    for earlier, name in renamed.items():
        left = [sql.replace(earlier, name) for sql in left]
    while left:
        behind = []
        for sql in left:
            try:
                connection.execute(sql.replace("VIEW", "OR REPLACE VIEW", 1))
            except duckdb.Error:  # a view that it reads is yet to come
                behind.append(sql)
        assert len(behind) < len(left), behind
        left = behind
