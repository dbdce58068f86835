"""Primary and foreign keys of what is published, as constraints of the small tables.

An index comes with each key. Of a table of some rows it costs nothing; with keys on all
tables, the file of the default dataset would be nine times as large, 2.2 GB in place of
0.24, and take nine times as long to write. Large tables say what one row is in their
comment, and that it is so is tested at each build.
"""

from dataclasses import dataclass

import duckdb

from carbonshed.text import sql_name

MOST_ROWS = 10_000

# column -> the dimension whose key it holds
DIMENSIONS = {
    "stressor_id": "stressors",
    "region_id": "regions",
    "sector_id": "sectors",
    "category_id": "final_demand_categories",
}


@dataclass(frozen=True)
class Keys:
    """What is known of the keys of a warehouse.

    Attributes
    ----------
    of_tables
        Columns that tell the rows of a mart apart, by mart: those whose test passed.
    """

    of_tables: dict[str, list[str]]

    def constraints(
        self, connection: duckdb.DuckDBPyConnection, schema: str, table: str
    ) -> list[str]:
        """Return the keys of a table as SQL, none of a large one.

        Parameters
        ----------
        connection
            With the warehouse open or attached.
        schema
            The schema of the marts, quoted, with its catalogue.
        table
            The mart.
        """
        place = f"{schema}.{sql_name(table)}"
        (rows,) = connection.sql(f"select count(*) from {place}").fetchone()
        if rows > MOST_ROWS:
            return []
        columns = connection.sql(f"from {place} limit 0").columns
        found = []
        key = self.of_tables.get(table, [])
        if key and set(key) <= set(columns) and _is_complete(connection, place, key):
            found.append(f"primary key ({', '.join(map(sql_name, key))})")
        for column in columns:
            dimension = self._dimension(column, table)
            if dimension and _is_within(connection, schema, table, column, dimension):
                parent, parent_key = dimension
                found.append(
                    f"foreign key ({sql_name(column)}) references"
                    f" marts.{sql_name(parent)} ({sql_name(parent_key)})"
                )
        return found

    def _dimension(self, column: str, table: str) -> tuple[str, str] | None:
        """Return the dimension that a column leads to, and the key of that."""
        for key, parent in DIMENSIONS.items():
            # with or without a role, such as that of origin_region_id
            is_of_it = column == key or column.endswith(f"_{key}")
            if is_of_it and parent != table and self.of_tables.get(parent) == [key]:
                return parent, key
        return None


def read_keys(connection: duckdb.DuckDBPyConnection, catalogue: str) -> Keys:
    """Return the keys that the work file has noted."""
    rows = connection.sql(
        f"select relation, key from {sql_name(catalogue)}.main.nodes"
        " where key is not null"
    ).fetchall()
    return Keys({relation.split(".")[1]: key for relation, key in rows})


def _is_complete(
    connection: duckdb.DuckDBPyConnection, place: str, key: list[str]
) -> bool:
    """Return whether no column of a key is NULL anywhere: a primary key forbids it."""
    is_null = " or ".join(f"{sql_name(column)} is null" for column in key)
    return connection.sql(
        f"select count(*) from {place} where {is_null}"
    ).fetchone() == (0,)


def _is_within(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    column: str,
    dimension: tuple[str, str],
) -> bool:
    """Return whether a dimension has all values of a column: EXPORT is no region."""
    parent, key = dimension
    return connection.sql(
        f"select count(*) from {schema}.{sql_name(table)} as rows"
        f" anti join {schema}.{sql_name(parent)} as parents"
        f" on rows.{sql_name(column)} = parents.{sql_name(key)}"
        f" where rows.{sql_name(column)} is not null"
    ).fetchone() == (0,)
